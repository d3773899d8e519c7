import type { CallFailure, Result, Sink } from '@plimsoll/balancer';
import type { WireHead, WireRequest } from '@plimsoll/core';
import type {
  FaultAnswer,
  FaultError,
  FaultPool,
  FaultRequest,
  FaultSubject,
} from '@plimsoll/testkit';

import { ManualStage } from './stage.ts';
import { TestedPool } from './tested-pool.ts';

/** The engine with provider-openai, asked directly. */
export const inProcess: FaultSubject = {
  name: 'in process',
  speed: 1,
  begin: () => new ManualStage(6, async (setup, clock) => new PoolInProcess(setup, clock)),
};

class PoolInProcess extends TestedPool implements FaultPool {
  ask({ isStream, signal }: FaultRequest): Promise<FaultAnswer> {
    return new Promise((resolve) => {
      const json = {
        model: 'any',
        stream: isStream,
        messages: [{ role: 'user', content: 'Say it.' }],
      };
      const payload: WireRequest = { dialect: 'openai', path: '/chat/completions', json };
      const caller = new Caller(resolve);
      const call = this.balancer.start({ isStream, payload }, caller);
      const leave = (): void => {
        call.abort();
        caller.leave();
      };
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}

interface Event {
  readonly model?: string;
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string };
    readonly message?: { readonly content: string };
    readonly finish_reason?: string | null;
  }[];
}

/** Reads an answer as a client would: it knows nothing but what it is sent. */
class Caller implements Sink<WireHead, Uint8Array> {
  readonly #resolve: (answer: FaultAnswer) => void;
  readonly #decoder = new TextDecoder();
  #isStream = false;
  #unread = '';
  #text = '';
  #finishReason: string | undefined = undefined;
  #model: string | undefined = undefined;

  constructor(resolve: (answer: FaultAnswer) => void) {
    this.#resolve = resolve;
  }

  onHead(head: WireHead): void {
    this.#isStream = String(head.headers['content-type']).startsWith('text/event-stream');
  }

  onChunk(chunk: Uint8Array): void {
    this.#unread += this.#decoder.decode(chunk, { stream: true });
    if (!this.#isStream) return;
    const events = this.#unread.split('\n\n');
    this.#unread = events.pop()!;
    for (const event of events) {
      const data = event.slice('data: '.length);
      if (data !== '[DONE]') this.#read(JSON.parse(data) as Event);
    }
  }

  onEnd({ usage, attempts }: Result): void {
    if (!this.#isStream) this.#read(JSON.parse(this.#unread) as Event);
    this.#tell({ outputTokens: usage?.outputTokens, attempts, error: undefined });
  }

  onError({ message, attempts, isCommitted, retryAfterMs, failure }: CallFailure): void {
    this.#fail({ message, isInStream: isCommitted, kind: failure?.kind, retryAfterMs }, attempts);
  }

  leave(): void {
    const error = { message: 'left', isInStream: false, kind: undefined, retryAfterMs: undefined };
    this.#fail(error, undefined);
  }

  #fail(
    error: Pick<FaultError, 'message' | 'isInStream' | 'kind' | 'retryAfterMs'>,
    attempts: number | undefined,
  ): void {
    const unknown = { status: undefined, code: undefined, shouldRetry: undefined };
    this.#tell({ outputTokens: undefined, attempts, error: { ...error, ...unknown } });
  }

  #read({ model, choices = [] }: Event): void {
    this.#model = model;
    for (const { delta, message, finish_reason: reason } of choices) {
      this.#text += delta?.content ?? message?.content ?? '';
      this.#finishReason = reason ?? this.#finishReason;
    }
  }

  #tell(rest: Pick<FaultAnswer, 'outputTokens' | 'attempts' | 'error'>): void {
    this.#resolve({
      text: this.#text,
      finishReason: this.#finishReason,
      model: this.#model,
      ...rest,
    });
  }
}
