import { mixed } from './key-hash.ts';
import type { Placement } from './placement.ts';

/**
 * Jump consistent hash: a bucket for a 64-bit key, such that one bucket more moves just the keys that go to it. Buckets
 * have numbers, not names: only the last one can be taken away without moving the keys of others.
 *
 * Source: John Lamping, Eric Veach, A Fast, Minimal Memory, Consistent Hash Algorithm, 2014, arXiv:1406.2294.
 *
 * Differs only in how it computes: the key is two 32-bit halves, because doubles hold 53 bits and BigInt allocates.
 *
 * Cost: about ln(buckets) steps; no memory.
 */
export function jump(high: number, low: number, buckets: number): number {
  let bucket = -1;
  let next = 0;
  while (next < buckets) {
    bucket = next;
    // key = key * 2862933555777941757 + 1, modulo 2^64. The multiplier's halves are 0x27bb2ee6 and 0x87b0b0fd; of the
    // high half only what the two low halves carry over needs more than 32 bits.
    const carried = highProduct(low, 0x87b0b0fd);
    high = (Math.imul(high, 0x87b0b0fd) + Math.imul(low, 0x27bb2ee6) + carried) | 0;
    low = Math.imul(low, 0x87b0b0fd);
    low = (low + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    next = Math.floor((bucket + 1) * (0x8000_0000 / ((high >>> 1) + 1)));
  }
  return bucket;
}

/** The upper 32 bits of the product of two unsigned 32-bit integers, by halves of 16 bits. */
function highProduct(left: number, right: number): number {
  const leftHigh = left >>> 16;
  const leftLow = left & 0xffff;
  const rightHigh = right >>> 16;
  const rightLow = right & 0xffff;
  const middle = leftHigh * rightLow + ((leftLow * rightLow) >>> 16);
  const cross = leftLow * rightHigh + (middle & 0xffff);
  return (leftHigh * rightHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
}

/** Jump hash over targets in the order of the configuration, each of which stands for its domain. */
export class JumpPlacement implements Placement {
  readonly #configured: Int32Array;

  constructor(configured: Int32Array) {
    this.#configured = configured;
  }

  place(hash: number): number {
    return this.#configured[jump(mixed(hash ^ 0x5bd1e995), hash, this.#configured.length)]!;
  }
}
