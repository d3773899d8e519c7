import {
  type FaultPool,
  type FaultSetup,
  type FaultStage,
  type ManualClock,
  manualClock,
} from '@plimsoll/testkit';

/** How far time goes at once, in milliseconds: as often as the engine looks at its limits. */
const STEP_MS = 10;

/**
 * A stage under a manual clock: connections are real, and time passes while they are quiet. What one side of a loopback
 * connection writes in a turn of the event loop the other reads in the next, so after a few turns nothing is under way;
 * what takes longer, as a TLS handshake, is only late by a step.
 */
export class ManualStage implements FaultStage {
  readonly clock: ManualClock = manualClock();
  readonly #turns: number;
  readonly #open: (setup: FaultSetup, clock: ManualClock) => Promise<FaultPool>;

  /** @param turns - turns of the event loop between two steps. */
  constructor(turns: number, open: (setup: FaultSetup, clock: ManualClock) => Promise<FaultPool>) {
    this.#turns = turns;
    this.#open = open;
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.clock.now() + ms;
    await this.#quiet();
    while (this.clock.now() < endMs) {
      this.clock.advance(Math.min(STEP_MS, endMs - this.clock.now()));
      await this.#quiet();
    }
  }

  async settled<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    const note = (): void => void (state.isSettled = true);
    promise.then(note, note);
    await this.#quiet();
    while (!state.isSettled) await this.pass(STEP_MS);
    return await promise;
  }

  open(setup: FaultSetup): Promise<FaultPool> {
    return this.#open(setup, this.clock);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #quiet(): Promise<void> {
    for (let turn = 0; turn < this.#turns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
