import { grown } from '../hot-state.ts';

/** Places a handle can name; the rest of its 30 bits tell the uses of a place apart. */
const PLACE_BITS = 20;
const PLACE_MASK = 2 ** PLACE_BITS - 1;
const USE_MASK = 2 ** 10 - 1;

/**
 * What was reserved and is not settled yet. A handle is a small integer, so that it costs no allocation: the place of the
 * numbers here, and a count of the place's uses, so that a handle that was settled already is told from its successor.
 */
export class Reservations {
  slot: Int32Array = new Int32Array(0);
  atMs: Float64Array = new Float64Array(0);
  inputTokens: Float64Array = new Float64Array(0);
  /** Tokens the answer is expected to have, and the most it may have. */
  expectedTokens: Float64Array = new Float64Array(0);
  mostTokens: Float64Array = new Float64Array(0);
  #uses = new Int32Array(0);
  #free = new Int32Array(0);
  #freeCount = 0;

  /** A handle; -1 beyond a million open ones, whose reservation then stands as it is. */
  open(slot: number, inputTokens: number, expected: number, most: number, nowMs: number): number {
    if (this.#freeCount === 0) {
      if (this.slot.length > PLACE_MASK) return -1;
      this.#grow();
    }
    const place = this.#free[--this.#freeCount]!;
    this.slot[place] = slot;
    this.atMs[place] = nowMs;
    this.inputTokens[place] = inputTokens;
    this.expectedTokens[place] = expected;
    this.mostTokens[place] = most;
    return (this.#uses[place]! << PLACE_BITS) | place;
  }

  /** The place of an open reservation; -1 for a handle that was closed. */
  place(handle: number): number {
    if (handle < 0) return -1;
    const place = handle & PLACE_MASK;
    return this.#uses[place] === handle >> PLACE_BITS ? place : -1;
  }

  /** The place may be used again; its numbers stay readable until then. */
  close(place: number): void {
    this.#uses[place] = (this.#uses[place]! + 1) & USE_MASK;
    this.#free[this.#freeCount++] = place;
  }

  #grow(): void {
    const before = this.slot.length;
    const places = Math.max(64, before * 2);
    this.slot = grown(this.slot, places, Int32Array);
    this.atMs = grown(this.atMs, places, Float64Array);
    this.inputTokens = grown(this.inputTokens, places, Float64Array);
    this.expectedTokens = grown(this.expectedTokens, places, Float64Array);
    this.mostTokens = grown(this.mostTokens, places, Float64Array);
    this.#uses = grown(this.#uses, places, Int32Array);
    this.#free = grown(this.#free, places, Int32Array);
    for (let place = places - 1; place >= before; place--) this.#free[this.#freeCount++] = place;
  }
}
