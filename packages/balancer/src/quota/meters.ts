import type { Clock } from '@plimsoll/core';

import { grown } from '../hot-state.ts';
import { EntryLog } from './entry-log.ts';
import type { MeterSpec } from './meter-spec.ts';
import { PeriodCounter } from './period-counter.ts';

/** More than any count: what stands for a limit where there is none. */
export const NO_LIMIT: number = 2 ** 52;

/**
 * Entries of the log of a limit, and of one that only watches: an amount may be held longer by one part in so many of the
 * window. Of a minute 256 cost 0.4 % at most.
 */
const LIMIT_ENTRIES = 256;
const WATCH_ENTRIES = 128;

/** How long to wait for a larger share of a limit, in milliseconds, before looking again: about two renewals. */
const SHARE_WAIT_MS = 200;

/** What a renewal of shares keeps of the need before it: half is left after 3 seconds. */
const NEED_MEMORY = 0.98;

/**
 * How late a waiting request may be sent without a loss of pace, in milliseconds: waiting is ended by a timer that ticks
 * every 10 ms, and a pace that forgot the lateness of each turn would be slower than the limit.
 */
const LATENESS_MS = 20;

/**
 * After so many limits' worth of use a raised burst has come down to 1/e. Short memories cost quota: with a pace and a
 * window that are equally tight, an amount that does not fit the one wastes some of the other.
 */
const BURST_MEMORY = 20;

/**
 * All limits of a fleet: what each allows, what is used of it, and when there is room again. A meter holds that in every
 * window, made longer by the guard, no more than the limit is used. Besides, use is spread: after a pause a part of the
 * limit may go at once, the rest follows at the pace of the limit, so that a provider that judges shorter windows than it
 * states, or fills a bucket drop by drop, sees no more than it allows.
 *
 * An amount larger than the burst needs a pause long enough for the whole burst, no longer: the pace it uses up then is
 * paid for by those after it.
 *
 * Source: the pace is the generic cell rate algorithm (ITU-T I.371, 1993) with a debt; the window is a log of amounts.
 *
 * Differs from either alone: a pace at the full rate exceeds a window by its burst, a window alone may be used up in an
 * instant.
 *
 * Cost: `admits` and `take` a few nanoseconds each, nothing allocated; 4 kB per meter with a limit, 2 kB without.
 */
export class Meters {
  dimension: Uint8Array = new Uint8Array(0);
  /** What the provider counts of an answer: `ACTUAL`, `PRODUCED` or `RESERVED`. */
  accounting: Uint8Array = new Uint8Array(0);
  used: Float64Array = new Float64Array(0);
  /** The most that was used since someone last set this back to `used`. */
  peak: Float64Array = new Float64Array(0);
  /** What this process may use of the limit. */
  limit: Float64Array = new Float64Array(0);
  /** The limit itself. */
  whole: Float64Array = new Float64Array(0);
  /** What the provider states, and what was learned from its refusals; Infinity where there is no such limit. */
  stated: Float64Array = new Float64Array(0);
  learned: Float64Array = new Float64Array(0);
  /** What others use of the limit, as a provider told, and until when. */
  foreign: Float64Array = new Float64Array(0);
  foreignUntilMs: Float64Array = new Float64Array(0);
  /** The part of the limit that is this process's, 0 to 1; what that was on average over a window; and since when. */
  #share = new Float64Array(0);
  #meanShare = new Float64Array(0);
  #sharedAtMs = new Float64Array(0);
  /** The largest amount that a share was too small for, and the same since it was taken last. */
  #need = new Float64Array(0);
  #needed = new Float64Array(0);
  /** Nothing leaves before this moment. */
  #dueMs = new Float64Array(0);
  /** When all that was sent will have been paid for at the pace of the limit. */
  #paidAtMs = new Float64Array(0);
  #msPerUnit = new Float64Array(0);
  /** What may go at once, and the least of that: large amounts raise it for a while. */
  #burst = new Float64Array(0);
  #leastBurst = new Float64Array(0);
  #holdMs = new Float64Array(0);
  #sinceMs = new Float64Array(0);
  /** The meter's row in the log; -1 for one that follows a calendar. */
  #row = new Int32Array(0);
  readonly #log = new EntryLog();
  readonly #periods: (PeriodCounter | undefined)[] = [];
  readonly #specs: MeterSpec[] = [];
  readonly #free: number[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new meter. */
  add(spec: MeterSpec, nowMs: number): number {
    const meter = this.#free.pop() ?? this.#specs.length;
    this.#specs[meter] = spec;
    if (meter >= this.limit.length) this.#grow(Math.max(8, this.limit.length * 2));
    this.dimension[meter] = spec.dimension;
    this.accounting[meter] = spec.accounting;
    this.used[meter] = 0;
    this.peak[meter] = 0;
    this.foreignUntilMs[meter] = -Infinity;
    this.#paidAtMs[meter] = -Infinity;
    this.#holdMs[meter] = spec.windowMs + spec.guardMs;
    this.#sinceMs[meter] = nowMs;
    this.#dueMs[meter] = Infinity;
    if (spec.calendar === undefined) {
      const entries = spec.limit === Infinity ? WATCH_ENTRIES : LIMIT_ENTRIES;
      this.#row[meter] = this.#log.add(this.#holdMs[meter], entries);
    } else {
      this.#row[meter] = -1;
      const period = new PeriodCounter(this.#clock, spec.calendar, spec.guardMs, nowMs);
      this.#periods[meter] = period;
      this.#dueMs[meter] = period.dueMs;
    }
    this.stated[meter] = Infinity;
    this.learned[meter] = Infinity;
    this.#share[meter] = 1;
    this.#meanShare[meter] = 1;
    this.#sharedAtMs[meter] = -Infinity;
    this.#need[meter] = 1;
    this.#needed[meter] = 0;
    this.settleLimit(meter);
    return meter;
  }

  remove(meter: number): void {
    if (this.#row[meter] !== -1) this.#log.free(this.#row[meter]!);
    this.#periods[meter] = undefined;
    this.#free.push(meter);
  }

  spec(meter: number): MeterSpec {
    return this.#specs[meter]!;
  }

  /** The calendar's count, of a meter that follows one. */
  period(meter: number): PeriodCounter | undefined {
    return this.#periods[meter];
  }

  /** Changes how a meter judges; what it has counted stays. The new spec is of the same key. */
  respec(meter: number, spec: MeterSpec): void {
    this.#specs[meter] = spec;
    this.accounting[meter] = spec.accounting;
    this.settleLimit(meter);
  }

  /** Brings the limit up to date: the least of what is configured, stated and learned, cut to a whole amount. */
  settleLimit(meter: number): void {
    const spec = this.#specs[meter]!;
    const least = Math.min(spec.limit, this.stated[meter]!, this.learned[meter]!);
    const whole = least === Infinity ? NO_LIMIT : Math.floor(least);
    // Counts of days are shared by their totals, see `PeriodCounter`.
    const isShared = whole !== NO_LIMIT && spec.calendar === undefined;
    const limit = isShared ? this.#shareOf(meter, whole) : whole;
    this.whole[meter] = whole;
    this.limit[meter] = limit;
    const isPaced = limit !== NO_LIMIT && spec.burstRatio < 1;
    // Without a share nothing is admitted; what is sent all the same must not be paid for all eternity.
    const perWindow = isShared ? whole * (this.#share[meter]! || 1) : whole;
    this.#leastBurst[meter] = isPaced ? Math.max(1, limit * spec.burstRatio) : 0;
    this.#burst[meter] = this.#leastBurst[meter]!;
    this.#msPerUnit[meter] = isPaced ? this.#holdMs[meter]! / perWindow : 0;
  }

  /**
   * Changes the part of the limit that is this process's.
   *
   * The pace follows it at once. The window follows the part as it was on average: what another process lost it has used
   * already, and may use again here only as it leaves there; averages of parts that add up to the whole do so too.
   */
  setShare(meter: number, share: number, nowMs: number): void {
    const before = this.#share[meter]!;
    const mean = this.#meanShare[meter]!;
    if (share === before && share === mean) return;
    const isNew = this.#sharedAtMs[meter] === -Infinity || mean === 0;
    const heldRatio = (nowMs - this.#sharedAtMs[meter]!) / this.#holdMs[meter]!;
    this.#meanShare[meter] = isNew ? share : mean + (before - mean) * -Math.expm1(-heldRatio);
    this.#share[meter] = share;
    this.#sharedAtMs[meter] = nowMs;
    const burst = this.#burst[meter]!;
    this.settleLimit(meter);
    this.#burst[meter] = Math.max(burst, this.#leastBurst[meter]!);
  }

  /** The amount that a share must allow to be of use: at least 1, and for a while what was too large of late. */
  takeNeed(meter: number): number {
    const need = Math.max(1, this.#needed[meter]!, this.#need[meter]! * NEED_MEMORY);
    this.#needed[meter] = 0;
    this.#need[meter] = need;
    return need;
  }

  /** Whether the limit is the learned one. */
  isLearned(meter: number): boolean {
    return this.learned[meter]! < Math.min(this.#specs[meter]!.limit, this.stated[meter]!);
  }

  /** Whether `amount` may be used now. */
  admits(meter: number, amount: number, nowMs: number, leavesBurst: boolean): boolean {
    if (this.#dueMs[meter]! <= nowMs) this.#release(meter, nowMs);
    const foreign = this.foreignUntilMs[meter]! > nowMs ? this.foreign[meter]! : 0;
    return (
      this.used[meter]! + foreign + amount <= this.#within(meter, leavesBurst) &&
      this.#pacedAtMs(meter, amount, leavesBurst) <= nowMs
    );
  }

  /** The earliest moment at which `amount` may be used if nothing else is until then; Infinity for never. */
  retryAtMs(meter: number, amount: number, nowMs: number, leavesBurst: boolean): number {
    const limit = this.#within(meter, leavesBurst);
    if (amount > limit) {
      if (amount > this.whole[meter]!) return Infinity;
      if (amount > this.#needed[meter]!) this.#needed[meter] = amount;
      return nowMs + SHARE_WAIT_MS;
    }
    if (this.#dueMs[meter]! <= nowMs) this.#release(meter, nowMs);
    let roomMs = this.#roomAtMs(meter, limit - amount, nowMs);
    const untilMs = this.foreignUntilMs[meter]!;
    if (untilMs > nowMs) {
      // What others use counts until then; if there is room in spite of it, it is earlier.
      const most = limit - amount - this.foreign[meter]!;
      const besideMs = most < 0 ? Infinity : this.#roomAtMs(meter, most, nowMs);
      roomMs = Math.min(besideMs, Math.max(untilMs, roomMs));
    }
    return Math.max(nowMs, roomMs, this.#pacedAtMs(meter, amount, leavesBurst));
  }

  /** Uses `amount`, admitted or not. */
  take(meter: number, amount: number, nowMs: number): void {
    if (this.#dueMs[meter]! <= nowMs) this.#release(meter, nowMs);
    this.#pay(meter, amount, nowMs);
    this.used[meter]! += amount;
    const row = this.#row[meter]!;
    if (row === -1) {
      this.#periods[meter]!.add(amount, nowMs);
    } else {
      this.#log.append(row, amount, nowMs);
      if (this.#dueMs[meter] === Infinity) this.#dueMs[meter] = this.#log.dueMs(row);
    }
    if (this.used[meter]! > this.peak[meter]!) this.peak[meter] = this.used[meter]!;
  }

  /**
   * Corrects by `delta` what was used at a time.
   *
   * @param times - holds the time at `place`; a fraction handed over by itself would be allocated.
   */
  correct(meter: number, delta: number, times: Float64Array, place: number, nowMs: number): void {
    if (times[place]! < this.#sinceMs[meter]!) return;
    if (this.#dueMs[meter]! <= nowMs) this.#release(meter, nowMs);
    const row = this.#row[meter]!;
    if (row === -1) {
      this.#count(meter, delta, times[place]!);
    } else if (this.#log.correct(row, delta, times, place)) {
      this.used[meter]! += delta;
      this.#paidAtMs[meter]! += delta * this.#msPerUnit[meter]!;
    }
  }

  /** Lets go what has left by now, so that `used` is up to date. */
  refresh(meter: number, nowMs: number): void {
    if (this.#dueMs[meter]! <= nowMs) this.#release(meter, nowMs);
  }

  /** What was used since `fromMs` and is still held, to about half a second. */
  usedSince(meter: number, fromMs: number): number {
    return this.#log.usedSince(this.#row[meter]!, fromMs);
  }

  /** When the first use ever was; -Infinity where that is longer ago than the window. */
  beganMs(meter: number): number {
    return this.#log.beganMs(this.#row[meter]!);
  }

  /** When all that is used now will be free again. */
  resetAtMs(meter: number, nowMs: number): number {
    const period = this.#periods[meter];
    const ownMs =
      period === undefined ? this.#log.emptyAtMs(this.#row[meter]!, nowMs) : period.endsAtMs(nowMs);
    return Math.max(ownMs, this.foreignUntilMs[meter]!, nowMs);
  }

  /** A store's count of the present period replaces what was known of others. */
  takeTotal(meter: number, label: string, total: number): void {
    const period = this.#periods[meter]!;
    period.takeTotal(label, total);
    this.used[meter] = period.used;
  }

  /** What this process may use of a window of `whole`. */
  #shareOf(meter: number, whole: number): number {
    const share = this.#share[meter]!;
    if (share === 0) return 0;
    const need = Math.min(this.#need[meter]!, whole);
    const part = Math.round(whole * share);
    // A part for one request is granted when it is free in everyone's window. One that is smaller, as when the store is
    // away, has its request from time to time: the pace is that of the part.
    if (part <= need) return need;
    return Math.max(need, Math.round(whole * this.#meanShare[meter]!));
  }

  #pay(meter: number, amount: number, nowMs: number): void {
    const msPerUnit = this.#msPerUnit[meter]!;
    if (msPerUnit === 0) return;
    this.#paidAtMs[meter] = Math.max(this.#paidAtMs[meter]!, nowMs) + amount * msPerUnit;
    const burst = this.#burst[meter]!;
    const excess = burst - this.#leastBurst[meter]!;
    const decay = (excess * amount) / (this.limit[meter]! * BURST_MEMORY);
    this.#burst[meter] = Math.max(amount, burst - decay);
  }

  /** What may be used of a window: less the burst where that is left to others. */
  #within(meter: number, leavesBurst: boolean): number {
    const limit = this.limit[meter]!;
    return leavesBurst ? limit - this.#leastBurst[meter]! : limit;
  }

  #pacedAtMs(meter: number, amount: number, leavesBurst: boolean): number {
    const burst = this.#burst[meter]!;
    const rest = amount < burst && !leavesBurst ? burst - amount : 0;
    return this.#paidAtMs[meter]! - rest * this.#msPerUnit[meter]! - LATENESS_MS;
  }

  #roomAtMs(meter: number, most: number, nowMs: number): number {
    if (this.used[meter]! <= most) return nowMs;
    const row = this.#row[meter]!;
    return row === -1
      ? this.#periods[meter]!.roomAtMs(most, nowMs)
      : this.#log.roomAtMs(row, this.used[meter]!, most);
  }

  #count(meter: number, amount: number, atMs: number): void {
    const period = this.#periods[meter]!;
    period.add(amount, atMs);
    this.used[meter] = period.used;
  }

  #release(meter: number, nowMs: number): void {
    const row = this.#row[meter]!;
    if (row === -1) {
      const period = this.#periods[meter]!;
      period.advance(nowMs);
      this.used[meter] = period.used;
      this.#dueMs[meter] = period.dueMs;
    } else {
      this.used[meter]! -= this.#log.release(row, nowMs);
      this.#dueMs[meter] = this.#log.dueMs(row);
    }
  }

  #grow(meters: number): void {
    this.dimension = grown(this.dimension, meters, Uint8Array);
    this.accounting = grown(this.accounting, meters, Uint8Array);
    this.used = grown(this.used, meters, Float64Array);
    this.peak = grown(this.peak, meters, Float64Array);
    this.whole = grown(this.whole, meters, Float64Array);
    this.#share = grown(this.#share, meters, Float64Array);
    this.#meanShare = grown(this.#meanShare, meters, Float64Array);
    this.#sharedAtMs = grown(this.#sharedAtMs, meters, Float64Array);
    this.#need = grown(this.#need, meters, Float64Array);
    this.#needed = grown(this.#needed, meters, Float64Array);
    this.limit = grown(this.limit, meters, Float64Array);
    this.stated = grown(this.stated, meters, Float64Array);
    this.learned = grown(this.learned, meters, Float64Array);
    this.foreign = grown(this.foreign, meters, Float64Array);
    this.foreignUntilMs = grown(this.foreignUntilMs, meters, Float64Array);
    this.#dueMs = grown(this.#dueMs, meters, Float64Array);
    this.#paidAtMs = grown(this.#paidAtMs, meters, Float64Array);
    this.#msPerUnit = grown(this.#msPerUnit, meters, Float64Array);
    this.#burst = grown(this.#burst, meters, Float64Array);
    this.#leastBurst = grown(this.#leastBurst, meters, Float64Array);
    this.#holdMs = grown(this.#holdMs, meters, Float64Array);
    this.#sinceMs = grown(this.#sinceMs, meters, Float64Array);
    this.#row = grown(this.#row, meters, Int32Array);
  }
}
