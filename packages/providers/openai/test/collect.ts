import type {
  AttemptControl,
  AttemptEnd,
  AttemptSink,
  ChunkKind,
  Failure,
  Provider,
  RateLimitFact,
  Target,
  WireHead,
  WireRequest,
} from '@plimsoll/core';
import { targetOf } from '@plimsoll/testkit';

/** What one attempt told its sink. */
export class Collected implements AttemptSink<WireHead, Uint8Array> {
  readonly wantsTranscript: boolean;
  /** What came, in order, but for chunks. */
  readonly told: ('limits' | 'head' | 'end' | 'error')[] = [];
  limits: readonly RateLimitFact[] | undefined;
  head: WireHead | undefined;
  readonly chunks: [text: string, kind: ChunkKind][] = [];
  end: AttemptEnd | undefined;
  failure: Failure | undefined;
  control: AttemptControl | undefined;
  /** Called with every chunk. */
  onText: (text: string) => void = () => {};
  readonly over: Promise<this>;
  #resolve: (self: this) => void = () => {};

  constructor(wantsTranscript = false) {
    this.wantsTranscript = wantsTranscript;
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get text(): string {
    return this.chunks.map(([text]) => text).join('');
  }

  onConnect(): void {}
  onLimits(facts: readonly RateLimitFact[]): void {
    this.told.push('limits');
    this.limits = facts;
  }
  onHead(head: WireHead): void {
    this.told.push('head');
    this.head = head;
  }
  onChunk(chunk: Uint8Array, kind: ChunkKind): void {
    const text = Buffer.from(chunk).toString();
    this.chunks.push([text, kind]);
    this.onText(text);
  }
  onEnd(end: AttemptEnd): void {
    this.told.push('end');
    this.end = end;
    this.#resolve(this);
  }
  onError(failure: Failure): void {
    this.told.push('error');
    this.failure = failure;
    this.#resolve(this);
  }
}

export interface AttemptOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly target?: Partial<Target>;
  readonly collected?: Collected;
}

/** Starts an attempt whose body is `json`, spelled as `JSON.stringify` does. */
export function start(
  provider: Provider<WireRequest, WireHead, Uint8Array>,
  json: Record<string, unknown>,
  options: AttemptOptions = {},
): Collected {
  const { method, path = '/chat/completions', headers, collected = new Collected() } = options;
  const payload: WireRequest = {
    dialect: 'openai',
    method,
    path,
    json,
    body: Buffer.from(JSON.stringify(json)),
    headers,
  };
  collected.control = provider.attempt(
    targetOf({ model: '*', ...options.target }),
    { payload },
    collected,
  );
  return collected;
}
