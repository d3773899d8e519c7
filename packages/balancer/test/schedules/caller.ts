import type { Request } from '@plimsoll/core';

import type { CallFailure } from '../../src/sink.ts';
import type { Pool } from '../../src/pool.ts';
import type { FatedProvider, Question } from './fated-provider.ts';
import type { Asking } from './schedule.ts';

/** One request and all that its caller has seen. */
export class Caller {
  readonly question: Question;
  readonly asking: Asking;
  text = '';
  heads = 0;
  /** How often it was told that it is over. */
  endings = 0;
  isServed = false;
  failure: CallFailure | undefined = undefined;
  hasLeft = false;
  endedMs: number | undefined = undefined;
  #abort: () => void = () => {};
  #pause: () => void = () => {};
  #resume: () => void = () => {};
  readonly #nowMs: () => number;

  constructor(asking: Asking, id: number, nowMs: () => number) {
    this.asking = asking;
    this.question = { id, pieces: asking.pieces };
    this.#nowMs = nowMs;
  }

  ask(pool: Pool, provider: FatedProvider): void {
    const { way, isStream, timeoutMs, priority, pin } = this.asking;
    const request: Request<Question> = {
      isStream,
      timeoutMs,
      priority,
      pin: pin ? pool.stats().targets[0]?.id : undefined,
      payload: this.question,
    };
    if (way === 'run') this.#run(pool, request, provider);
    else if (way === 'stream') this.#stream(pool, request);
    else this.#start(pool, request);
  }

  leave(): void {
    if (this.endedMs !== undefined) return;
    this.hasLeft = true;
    this.#abort();
  }

  pause(): void {
    this.#pause();
  }

  resume(): void {
    this.#resume();
  }

  #start(pool: Pool, request: Request): void {
    const call = pool.start(request, {
      onHead: () => void this.heads++,
      onChunk: (chunk) => void (this.text += String(chunk)),
      onEnd: () => this.#served(),
      onError: (failure) => this.#failed(failure),
    });
    this.#abort = () => {
      call.abort();
      this.#over();
    };
    this.#pause = () => call.pause();
    this.#resume = () => call.resume();
  }

  #stream(pool: Pool, request: Request): void {
    const controller = new AbortController();
    this.#abort = () => controller.abort();
    const read = async (): Promise<void> => {
      const answer = await pool.stream(request, { signal: controller.signal });
      this.heads++;
      for await (const chunk of answer) this.text += String(chunk);
      await answer.result;
    };
    read().then(
      () => this.#served(),
      (error: unknown) => this.#rejected(error),
    );
  }

  #run(pool: Pool, request: Request, provider: FatedProvider): void {
    const controller = new AbortController();
    this.#abort = () => controller.abort();
    const { payload: _, ...traits } = request;
    pool
      .run(traits, (_target, { signal }) => provider.call(signal, this.question), {
        signal: controller.signal,
      })
      .then(
        (text) => {
          this.heads++;
          this.text = text;
          this.#served();
        },
        (error: unknown) => this.#rejected(error),
      );
  }

  #served(): void {
    this.isServed = true;
    this.#over();
  }

  #failed(failure: CallFailure): void {
    this.failure = failure;
    this.#over();
  }

  #rejected(error: unknown): void {
    const { failure } = error as { failure?: CallFailure };
    this.failure = failure;
    this.#over();
  }

  #over(): void {
    this.endings++;
    this.endedMs ??= this.#nowMs();
  }
}
