import { grown } from '../hot-state.ts';

// Numbers of a row stand together, so that they come into the cache together.
const INTEGERS = 4;
/** The row's place in the array of entries, and how many it has less one. */
const BASE = 0;
const MASK = 1;
/** Entries are numbered on and on: the oldest one's number, and the next one's. */
const FIRST = 2;
const NEXT = 3;

const TIMES = 4;
/** How long an entry counts, and how far its amounts may be apart. */
const HOLD_MS = 0;
const SPAN_MS = 1;
/** When the newest entry was begun, and the time of the newest amount that has left. */
const OPENED_MS = 2;
const LEFT_MS = 3;

/** An entry has the time of its newest amount, and after it their sum. */
const ENTRY = 2;

/**
 * What was used in windows that may begin at any moment, one row per window: a log of amounts, each of which counts until
 * it is older than the window. Amounts used within a small span share an entry that lasts as long as its newest one, so
 * that a row never holds more than a fixed number of entries: a row is exact where requests are further apart than the
 * span, and holds amounts longer by at most the span where they are not.
 *
 * Buckets of fixed bounds would hold everything longer by up to a bucket, also at the lowest rates, and empty ones would
 * have to be walked after every pause.
 *
 * Cost: a few nanoseconds to append, amortised as much to let go, binary search for a correction; 16 bytes per entry.
 */
export class EntryLog {
  #rowLimit = 0;
  #integers = new Int32Array(0);
  #times = new Float64Array(0);
  #entries = new Float64Array(0);
  #entryLimit = 0;
  readonly #freeBySize = new Map<number, number[]>();

  /** A row for a window of `holdMs` with up to `entries` entries, a power of two >= 4. */
  add(holdMs: number, entries: number): number {
    const row = this.#freeBySize.get(entries)?.pop() ?? this.#create(entries);
    const integers = row * INTEGERS;
    const times = row * TIMES;
    this.#integers[integers + FIRST] = 0;
    this.#integers[integers + NEXT] = 0;
    this.#times[times + HOLD_MS] = holdMs;
    // Two entries more than spans in a window: the oldest may have been begun a span before it, the newest just now.
    this.#times[times + SPAN_MS] = holdMs / (entries - 2);
    this.#times[times + LEFT_MS] = -Infinity;
    return row;
  }

  free(row: number): void {
    const entries = this.#integers[row * INTEGERS + MASK]! + 1;
    const free = this.#freeBySize.get(entries);
    if (free === undefined) this.#freeBySize.set(entries, [row]);
    else free.push(row);
  }

  /** Notes `amount` as used now. `nowMs` never goes backwards. */
  append(row: number, amount: number, nowMs: number): void {
    const integers = this.#integers;
    const times = this.#times;
    const entries = this.#entries;
    const of = row * INTEGERS;
    const next = integers[of + NEXT]!;
    const ofTimes = row * TIMES;
    const isApart = nowMs - times[ofTimes + OPENED_MS]! > times[ofTimes + SPAN_MS]!;
    if (isApart || next === integers[of + FIRST]) {
      const entry = (integers[of + BASE]! + (next & integers[of + MASK]!)) * ENTRY;
      entries[entry] = nowMs;
      entries[entry + 1] = amount;
      times[ofTimes + OPENED_MS] = nowMs;
      integers[of + NEXT] = next + 1;
    } else {
      const entry = (integers[of + BASE]! + ((next - 1) & integers[of + MASK]!)) * ENTRY;
      entries[entry] = nowMs;
      entries[entry + 1]! += amount;
    }
  }

  /** When the oldest entry leaves; Infinity when there is none. */
  dueMs(row: number): number {
    const first = this.#integers[row * INTEGERS + FIRST]!;
    if (first === this.#integers[row * INTEGERS + NEXT]) return Infinity;
    return this.#entries[this.#entry(row, first)]! + this.#times[row * TIMES + HOLD_MS]!;
  }

  /** Lets go what is due, and returns how much that was. */
  release(row: number, nowMs: number): number {
    const holdMs = this.#times[row * TIMES + HOLD_MS]!;
    const next = this.#integers[row * INTEGERS + NEXT]!;
    let first = this.#integers[row * INTEGERS + FIRST]!;
    let released = 0;
    for (; first !== next; first = (first + 1) | 0) {
      const entry = this.#entry(row, first);
      if (this.#entries[entry]! + holdMs > nowMs) break;
      released += this.#entries[entry + 1]!;
      this.#times[row * TIMES + LEFT_MS] = this.#entries[entry]!;
    }
    this.#integers[row * INTEGERS + FIRST] = first;
    return released;
  }

  /**
   * Changes by `delta` what was used at a time; false when that has left already.
   *
   * @param times - holds the time at `place`; a fraction handed over by itself would be allocated.
   */
  correct(row: number, delta: number, times: Float64Array, place: number): boolean {
    const atMs = times[place]!;
    if (atMs <= this.#times[row * TIMES + LEFT_MS]!) return false;
    const integers = this.#integers;
    const entries = this.#entries;
    const of = row * INTEGERS;
    const base = integers[of + BASE]!;
    const mask = integers[of + MASK]!;
    // The entry that holds it is the first that lasts as long.
    let low = integers[of + FIRST]!;
    let high = (integers[of + NEXT]! - 1) | 0;
    while (low !== high) {
      const middle = (low + (((high - low) | 0) >> 1)) | 0;
      if (entries[(base + (middle & mask)) * ENTRY]! < atMs) low = (middle + 1) | 0;
      else high = middle;
    }
    entries[(base + (low & mask)) * ENTRY + 1]! += delta;
    return true;
  }

  /** When so much has left that `used` has come down to `most`; `used` is what the row holds now. */
  roomAtMs(row: number, used: number, most: number): number {
    const next = this.#integers[row * INTEGERS + NEXT]!;
    let left = used;
    for (let at = this.#integers[row * INTEGERS + FIRST]!; at !== next; at = (at + 1) | 0) {
      const entry = this.#entry(row, at);
      left -= this.#entries[entry + 1]!;
      if (left <= most) return this.#entries[entry]! + this.#times[row * TIMES + HOLD_MS]!;
    }
    return -Infinity;
  }

  /** What was used since `fromMs`, to the entry. */
  usedSince(row: number, fromMs: number): number {
    const next = this.#integers[row * INTEGERS + NEXT]!;
    let used = 0;
    for (let at = this.#integers[row * INTEGERS + FIRST]!; at !== next; at = (at + 1) | 0) {
      const entry = this.#entry(row, at);
      if (this.#entries[entry]! >= fromMs) used += this.#entries[entry + 1]!;
    }
    return used;
  }

  /** When the first amount ever was noted, if it is still there; -Infinity if it has left. */
  beganMs(row: number): number {
    const isEmpty = this.#integers[row * INTEGERS + NEXT] === 0;
    const hasLeft = this.#times[row * TIMES + LEFT_MS] !== -Infinity;
    return isEmpty || hasLeft ? -Infinity : this.#entries[this.#entry(row, 0)]!;
  }

  /** When the newest entry leaves; `nowMs` when there is none. */
  emptyAtMs(row: number, nowMs: number): number {
    const next = this.#integers[row * INTEGERS + NEXT]!;
    if (next === this.#integers[row * INTEGERS + FIRST]) return nowMs;
    return this.#entries[this.#entry(row, next - 1)]! + this.#times[row * TIMES + HOLD_MS]!;
  }

  /** Where the entry of this number stands. */
  #entry(row: number, number: number): number {
    const integers = row * INTEGERS;
    const inRow = number & this.#integers[integers + MASK]!;
    return (this.#integers[integers + BASE]! + inRow) * ENTRY;
  }

  #create(entries: number): number {
    const row = this.#rowLimit++;
    if (row * INTEGERS === this.#integers.length) {
      const rows = Math.max(8, row * 2);
      this.#integers = grown(this.#integers, rows * INTEGERS, Int32Array);
      this.#times = grown(this.#times, rows * TIMES, Float64Array);
    }
    const needed = this.#entryLimit + entries;
    if (needed * ENTRY > this.#entries.length) {
      const length = Math.max(2048, this.#entries.length * 2, needed * ENTRY);
      this.#entries = grown(this.#entries, length, Float64Array);
    }
    this.#integers[row * INTEGERS + BASE] = this.#entryLimit;
    this.#integers[row * INTEGERS + MASK] = entries - 1;
    this.#entryLimit = needed;
    return row;
  }
}
