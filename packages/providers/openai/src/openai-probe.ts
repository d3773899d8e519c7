import type { AttemptSink, Failure, Target, WireRequest } from '@plimsoll/core';
import type { Endpoint } from './endpoint.ts';
import { startAttempt } from './openai-attempt.ts';

const listModels: WireRequest = { dialect: 'openai', method: 'GET', path: '/models', json: {} };

/**
 * Asks for the list of models, which costs nothing. Any answer that does not speak against the target's health says that
 * it can be reached, a refused credential included: what is wrong with that, requests find out.
 */
export function probe(
  endpoint: Endpoint,
  target: Target,
  done: (failure: Failure | undefined) => void,
): { abort(): void } {
  return startAttempt(endpoint, target, { payload: listModels }, new ProbeSink(done));
}

class ProbeSink implements AttemptSink {
  readonly #done: (failure: Failure | undefined) => void;

  constructor(done: (failure: Failure | undefined) => void) {
    this.#done = done;
  }

  onConnect(): void {}
  onHead(): void {}
  onChunk(): void {}

  onEnd(): void {
    this.#done(undefined);
  }

  onError(failure: Failure): void {
    this.#done(failure.isHealthFailure ? failure : undefined);
  }
}
