import { grown } from '../hot-state.ts';

/** Of a request that states no most, while nothing was seen yet. */
const PRIOR_TOKENS = 500;
/** Answers after which their lengths are known well enough; before that a request is taken to use its most. */
const KNOWN = 20;
/** Answers that the averages remember. */
const MEMORY = 100;
/** Standard deviations by which all that is under way together is taken to be longer than expected. */
const MARGIN = 2;

/**
 * How many tokens an answer is likely to have. The most it may have is often ten times of that; to reserve it for every
 * request under way would leave much of a limit unused.
 *
 * What is under way is settled by its real length soon, so only the sum over all of it must not fall short. The sum of n
 * answers varies by the square root of n times the deviation of one: each gets that part of a margin of two deviations.
 *
 * Cost: one square root per estimate; 24 bytes per target.
 */
export class OutputEstimates {
  #count = new Float64Array(0);
  #mean = new Float64Array(0);
  #variance = new Float64Array(0);

  /** `slot` has another target. */
  reset(slot: number): void {
    if (slot >= this.#count.length) {
      const slots = Math.max(8, this.#count.length * 2, slot + 1);
      this.#count = grown(this.#count, slots, Float64Array);
      this.#mean = grown(this.#mean, slots, Float64Array);
      this.#variance = grown(this.#variance, slots, Float64Array);
    }
    this.#count[slot] = 0;
    this.#mean[slot] = 0;
    this.#variance[slot] = 0;
  }

  /**
   * Tokens to expect of an answer from `slot`.
   *
   * @param most - the most it may have; Infinity if that is not stated.
   * @param underWay - requests under way there.
   */
  expected(slot: number, most: number, underWay: number): number {
    if (this.#count[slot]! < KNOWN) return most === Infinity ? PRIOR_TOKENS : most;
    const deviation = Math.sqrt(this.#variance[slot]! / (underWay + 1));
    return Math.min(most, Math.ceil(this.#mean[slot]! + MARGIN * deviation));
  }

  /** An answer from `slot` had so many tokens. */
  observe(slot: number, tokens: number): void {
    const count = this.#count[slot]! + 1;
    this.#count[slot] = count;
    const share = count < MEMORY ? 1 / count : 1 / MEMORY;
    const difference = tokens - this.#mean[slot]!;
    const change = difference * share;
    this.#mean[slot]! += change;
    this.#variance[slot]! += (difference * (difference - change) - this.#variance[slot]!) * share;
  }
}
