import type { Dispatcher } from 'undici';

/** A request as it was sent. */
export interface Sent {
  readonly path: string;
  readonly json: Record<string, unknown>;
}

/** How one is answered: status, body in the pieces in which it arrives, and whether the connection breaks behind them. */
export interface Script {
  readonly status?: number;
  readonly contentType?: string;
  /** Besides the type. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces: readonly Buffer[];
  readonly isBroken?: boolean;
}

/** An undici dispatcher without a network: what arrives, and in which pieces, is the test's to say. */
export class ScriptedDispatcher {
  readonly sent: Sent[] = [];
  readonly #answer: (sent: Sent) => Script;

  constructor(answer: (sent: Sent) => Script) {
    this.#answer = answer;
  }

  get dispatcher(): Dispatcher {
    return this as unknown as Dispatcher;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const json = JSON.parse((options.body as Buffer).toString()) as Record<string, unknown>;
    const sent = { path: options.path, json };
    this.sent.push(sent);
    queueMicrotask(() => void play(this.#answer(sent), handler));
    return true;
  }
}

async function play(script: Script, handler: Dispatcher.DispatchHandler): Promise<void> {
  const { status = 200, contentType = 'text/event-stream', pieces, isBroken = false } = script;
  const headers = { 'content-type': contentType, ...script.headers };
  let isAborted = false;
  const controller = {
    paused: false,
    pause() {},
    resume() {},
    abort() {
      isAborted = true;
    },
  } as unknown as Dispatcher.DispatchController;
  handler.onRequestStart?.(controller, {});
  handler.onResponseStart?.(controller, status, headers, '');
  for (const piece of pieces) {
    if (isAborted) return;
    handler.onResponseData?.(controller, piece);
    // Each arrives in a turn of its own.
    await Promise.resolve();
  }
  if (isAborted) return;
  if (isBroken) {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    handler.onResponseError?.(controller, reset);
  } else {
    handler.onResponseEnd?.(controller, {});
  }
}
