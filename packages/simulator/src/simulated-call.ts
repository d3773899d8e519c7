import type { CallFailure, Result, Sink } from '@plimsoll/balancer';

import type { Recorder } from './recorder.ts';
import type { Prefix, SimulatedRequest } from './request.ts';

/** One request of the simulation: what the servers see of it, and what is told of its end. */
export class SimulatedCall implements SimulatedRequest, Sink {
  readonly number: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly prefix: Prefix | undefined;
  readonly isMeasured: boolean;
  readonly #recorder: Recorder;
  #isAttempted = false;

  constructor(
    recorder: Recorder,
    number: number,
    inputTokens: number,
    outputTokens: number,
    prefix: Prefix | undefined,
    isMeasured: boolean,
  ) {
    this.#recorder = recorder;
    this.number = number;
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
    this.prefix = prefix;
    this.isMeasured = isMeasured;
  }

  onAttempt(target: string): boolean {
    if (this.#isAttempted) return false;
    this.#isAttempted = true;
    this.#recorder.picked(this.number, target);
    return true;
  }

  onHead(): void {}
  onChunk(): void {}

  onEnd(result: Result): void {
    this.#recorder.served(this, result);
  }

  onError(failure: CallFailure): void {
    this.#recorder.failed(this, failure);
  }
}
