import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  type Clock,
  type Failure,
  type FailureKind,
  type Provider,
  type Request,
  type Target,
  type Transcript,
} from '@plimsoll/core';

import type { Fate } from './schedule.ts';

/** What a request asks for: an answer of so many pieces, unlike any other's. */
export interface Question {
  readonly id: number;
  readonly pieces: number;
}

export function pieceOf({ id }: Question, index: number): string {
  return `${id}.${index} `;
}

/** The whole answer. */
export function answerTo(question: Question): string {
  return Array.from({ length: question.pieces }, (_, index) => pieceOf(question, index)).join('');
}

const verdicts: Partial<Record<FailureKind, Partial<Failure>>> = {
  server: { verdict: 'failover', isHealthFailure: true },
  network: { verdict: 'failover', isHealthFailure: true },
  throttle: { verdict: 'cooldown', scope: 'quota_group', retryAfterMs: 300 },
  overload: { verdict: 'cooldown', scope: 'target', retryAfterMs: 100, isHealthFailure: true },
  auth: { verdict: 'cooldown', scope: 'key', retryAfterMs: 1000 },
  too_long: { verdict: 'conditional', needs: 'larger_context' },
};

export function failureOf(kind: FailureKind): Failure {
  const plain = { kind, verdict: 'fail', message: kind, isHealthFailure: false } as const;
  return { ...plain, ...verdicts[kind] };
}

/** The error of a client library, which `classify` understands. */
export class FatedError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** A provider whose attempts fare as a schedule says. */
export class FatedProvider implements Provider<Question, string, string> {
  readonly name = 'fated';
  /** Attempts that were begun. */
  begun = 0;
  readonly #running = new Set<FatedAttempt>();
  readonly #clock: Clock;
  readonly #fates: readonly Fate[];
  /** Called with what an attempt is to go on with. */
  onResume: (question: Question, transcript: Transcript) => void = () => {};

  constructor(clock: Clock, fates: readonly Fate[]) {
    this.#clock = clock;
    this.#fates = fates;
  }

  /** Attempts that neither ended by themselves nor were given up. */
  get running(): number {
    return this.#running.size;
  }

  attempt(
    _target: Target | undefined,
    request: Request<Question>,
    sink: AttemptSink<string, string>,
  ): FatedAttempt {
    return this.#begin(request, sink, 0, this.nextFate());
  }

  resume(
    _target: Target,
    request: Request<Question>,
    transcript: Transcript,
    sink: AttemptSink<string, string>,
  ): FatedAttempt {
    this.onResume(request.payload, transcript);
    const given = transcript.text.split(' ').length - 1;
    const fate = this.nextFate();
    return this.#begin(
      request,
      sink,
      given,
      fate.differs ? { ...fate, end: 'server', after: 0 } : fate,
    );
  }

  probe(_target: Target, done: (failure: Failure | undefined) => void): { abort(): void } {
    const fate = this.nextFate();
    const timer = this.#clock.every(fate.connectMs, () => {
      timer.cancel();
      done(fate.end === 'well' ? undefined : failureOf('network'));
    });
    return { abort: () => timer.cancel() };
  }

  /** As a client library would do it: a promise of the whole answer. */
  call(signal: AbortSignal, question: Question): Promise<string> {
    return new Promise((resolve, reject) => {
      const attempt = this.attempt(
        undefined,
        { payload: question },
        {
          onConnect() {},
          onHead() {},
          onChunk: resolve,
          onEnd() {},
          onError: (failure) => reject(new FatedError(failure)),
        },
      );
      const leave = (): void => {
        attempt.abort();
        reject(new DOMException('aborted', 'AbortError'));
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    });
  }

  classify(error: unknown): Failure {
    return error instanceof FatedError ? error.failure : failureOf('server');
  }

  nextFate(): Fate {
    return this.#fates[this.begun % this.#fates.length]!;
  }

  #begin(
    request: Request<Question>,
    sink: AttemptSink<string, string>,
    given: number,
    fate: Fate,
  ): FatedAttempt {
    this.begun++;
    const attempt = new FatedAttempt(request, sink, given, fate, this.#clock, () =>
      this.#running.delete(attempt),
    );
    this.#running.add(attempt);
    return attempt;
  }
}

export class FatedAttempt implements AttemptControl {
  #isRunning = true;
  readonly #onStop: () => void;
  readonly #sink: AttemptSink<string, string>;
  readonly #request: Request<Question>;
  readonly #fate: Fate;
  readonly #clock: Clock;
  readonly #givenBefore: number;
  #given: number;
  #isPaused = false;
  #next: (() => void) | undefined = undefined;

  constructor(
    request: Request<Question>,
    sink: AttemptSink<string, string>,
    given: number,
    fate: Fate,
    clock: Clock,
    onStop: () => void,
  ) {
    this.#onStop = onStop;
    this.#request = request;
    this.#sink = sink;
    this.#givenBefore = given;
    this.#given = given;
    this.#fate = fate;
    this.#clock = clock;
    this.#after(fate.connectMs, () => {
      sink.onConnect();
      this.#after(fate.firstMs, () => this.#begin());
    });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.#after(1, next);
  }

  abort(): void {
    this.#stop();
  }

  transcript(): Transcript | undefined {
    if (this.#sink.wantsTranscript !== true) return undefined;
    const { payload } = this.#request;
    let text = '';
    for (let index = 0; index < this.#given; index++) text += pieceOf(payload, index);
    const usage = { inputTokens: 1, outputTokens: this.#given };
    return { dialect: 'fated', id: String(payload.id), created: 0, model: 'm', text, usage };
  }

  #begin(): void {
    const { end, after } = this.#fate;
    // A failure of a whole answer, and one about the request, comes before all of it.
    if (end !== 'well' && (after === 0 || this.#request.isStream !== true)) {
      this.#fail();
      return;
    }
    this.#sink.onHead('head');
    if (this.#request.isStream === true) {
      this.#sink.onChunk('', ChunkKind.event);
      this.#piece(after);
    } else {
      this.#sink.onChunk(answerTo(this.#request.payload), ChunkKind.content);
      this.#end();
    }
  }

  #piece(left: number): void {
    const { payload } = this.#request;
    if (!this.#isRunning) return;
    if (this.#fate.end !== 'well' && left === 0) {
      this.#fail();
    } else if (this.#given === payload.pieces) {
      this.#end();
    } else {
      this.#given++;
      this.#sink.onChunk(pieceOf(payload, this.#given - 1), ChunkKind.content);
      this.#after(this.#fate.gapMs, () => this.#piece(left - 1));
    }
  }

  #end(): void {
    if (!this.#isRunning) return;
    this.#stop();
    this.#sink.onEnd({ usage: { inputTokens: 1, outputTokens: this.#request.payload.pieces } });
  }

  #fail(): void {
    const { end } = this.#fate;
    if (!this.#isRunning || end === 'well' || end === 'silence') return;
    this.#stop();
    const failure = failureOf(end);
    // As adapters say it: what was sent cannot be taken back.
    const lost = { kind: 'stream', verdict: 'fail', isHealthFailure: true } as const;
    const isLost = this.#given > this.#givenBefore && failure.kind !== 'policy';
    this.#sink.onError(isLost ? { ...failure, ...lost } : failure);
  }

  #stop(): void {
    this.#isRunning = false;
    this.#onStop();
  }

  #after(ms: number, then: () => void): void {
    const timer = this.#clock.every(ms, () => {
      timer.cancel();
      if (!this.#isRunning) return;
      if (this.#isPaused) this.#next = then;
      else then();
    });
  }
}
