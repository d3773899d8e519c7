import { grown } from '../hot-state.ts';

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
  #holdMs = new Float64Array(0);
  #spanMs = new Float64Array(0);
  /** The row's place in the two arrays of entries, and their number less one. */
  #base = new Int32Array(0);
  #mask = new Int32Array(0);
  /** Entries are numbered; these are the oldest one's number and the next one's. */
  #first = new Int32Array(0);
  #next = new Int32Array(0);
  /** When the newest entry was begun. */
  #openedMs = new Float64Array(0);
  /** The time of the newest amount that has left. */
  #leftMs = new Float64Array(0);
  #atMs = new Float64Array(0);
  #amount = new Float64Array(0);
  #entries = 0;
  readonly #freeBySize = new Map<number, number[]>();

  /** A row for a window of `holdMs` with up to `entries` entries, a power of two >= 4. */
  add(holdMs: number, entries: number): number {
    const row = this.#freeBySize.get(entries)?.pop() ?? this.#create(entries);
    this.#holdMs[row] = holdMs;
    // Two entries more than spans in a window: the oldest may have been begun a span before it, the newest just now.
    this.#spanMs[row] = holdMs / (entries - 2);
    this.#first[row] = 0;
    this.#next[row] = 0;
    this.#leftMs[row] = -Infinity;
    return row;
  }

  free(row: number): void {
    const entries = this.#mask[row]! + 1;
    const free = this.#freeBySize.get(entries);
    if (free === undefined) this.#freeBySize.set(entries, [row]);
    else free.push(row);
  }

  /** Notes `amount` as used now. `nowMs` never goes backwards. */
  append(row: number, amount: number, nowMs: number): void {
    const next = this.#next[row]!;
    const base = this.#base[row]!;
    const mask = this.#mask[row]!;
    if (next !== this.#first[row]! && nowMs - this.#openedMs[row]! <= this.#spanMs[row]!) {
      const index = base + ((next - 1) & mask);
      this.#atMs[index] = nowMs;
      this.#amount[index]! += amount;
    } else {
      const index = base + (next & mask);
      this.#atMs[index] = nowMs;
      this.#amount[index] = amount;
      this.#openedMs[row] = nowMs;
      this.#next[row] = next + 1;
    }
  }

  /** When the oldest entry leaves; Infinity when there is none. */
  dueMs(row: number): number {
    const first = this.#first[row]!;
    if (first === this.#next[row]!) return Infinity;
    return this.#atMs[this.#base[row]! + (first & this.#mask[row]!)]! + this.#holdMs[row]!;
  }

  /** Lets go what is due, and returns how much that was. */
  release(row: number, nowMs: number): number {
    const base = this.#base[row]!;
    const mask = this.#mask[row]!;
    const holdMs = this.#holdMs[row]!;
    const next = this.#next[row]!;
    let first = this.#first[row]!;
    let released = 0;
    for (; first !== next; first = (first + 1) | 0) {
      const index = base + (first & mask);
      if (this.#atMs[index]! + holdMs > nowMs) break;
      released += this.#amount[index]!;
      this.#leftMs[row] = this.#atMs[index]!;
    }
    this.#first[row] = first;
    return released;
  }

  /** Changes what was used at `atMs` by `delta`; false when that has left already. */
  correct(row: number, delta: number, atMs: number): boolean {
    if (atMs <= this.#leftMs[row]!) return false;
    const base = this.#base[row]!;
    const mask = this.#mask[row]!;
    const first = this.#first[row]!;
    const index = base + ((first + this.#place(row, atMs)) & mask);
    this.#amount[index]! += delta;
    return true;
  }

  /** When so much has left that `used` has come down to `most`; `used` is what the row holds now. */
  roomAtMs(row: number, used: number, most: number): number {
    const base = this.#base[row]!;
    const mask = this.#mask[row]!;
    let left = used;
    for (let entry = this.#first[row]!; entry !== this.#next[row]!; entry = (entry + 1) | 0) {
      const index = base + (entry & mask);
      left -= this.#amount[index]!;
      if (left <= most) return this.#atMs[index]! + this.#holdMs[row]!;
    }
    return -Infinity;
  }

  /** What was used since `fromMs`, to the entry. */
  usedSince(row: number, fromMs: number): number {
    const base = this.#base[row]!;
    const mask = this.#mask[row]!;
    let used = 0;
    for (let entry = this.#first[row]!; entry !== this.#next[row]!; entry = (entry + 1) | 0) {
      const index = base + (entry & mask);
      if (this.#atMs[index]! >= fromMs) used += this.#amount[index]!;
    }
    return used;
  }

  /** When the first amount ever was noted, if it is still there; -Infinity if it has left. */
  beganMs(row: number): number {
    const isComplete = this.#leftMs[row] === -Infinity && this.#first[row] !== this.#next[row];
    return isComplete ? this.#atMs[this.#base[row]!]! : -Infinity;
  }

  /** When the newest entry leaves; `nowMs` when there is none. */
  emptyAtMs(row: number, nowMs: number): number {
    const next = this.#next[row]!;
    if (next === this.#first[row]) return nowMs;
    return this.#atMs[this.#base[row]! + ((next - 1) & this.#mask[row]!)]! + this.#holdMs[row]!;
  }

  /** How far after the oldest entry the one stands that holds `atMs`: the first that lasts as long. */
  #place(row: number, atMs: number): number {
    const base = this.#base[row]!;
    const mask = this.#mask[row]!;
    const first = this.#first[row]!;
    let low = 0;
    let high = ((this.#next[row]! - first) | 0) - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#atMs[base + ((first + middle) & mask)]! < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #create(entries: number): number {
    const row = this.#rowLimit++;
    const rows = Math.max(8, this.#holdMs.length * 2);
    if (row === this.#holdMs.length) {
      this.#holdMs = grown(this.#holdMs, rows, Float64Array);
      this.#spanMs = grown(this.#spanMs, rows, Float64Array);
      this.#base = grown(this.#base, rows, Int32Array);
      this.#mask = grown(this.#mask, rows, Int32Array);
      this.#first = grown(this.#first, rows, Int32Array);
      this.#next = grown(this.#next, rows, Int32Array);
      this.#openedMs = grown(this.#openedMs, rows, Float64Array);
      this.#leftMs = grown(this.#leftMs, rows, Float64Array);
    }
    const needed = this.#entries + entries;
    if (needed > this.#atMs.length) {
      const length = Math.max(1024, this.#atMs.length * 2, needed);
      this.#atMs = grown(this.#atMs, length, Float64Array);
      this.#amount = grown(this.#amount, length, Float64Array);
    }
    this.#base[row] = this.#entries;
    this.#mask[row] = entries - 1;
    this.#entries = needed;
    return row;
  }
}
