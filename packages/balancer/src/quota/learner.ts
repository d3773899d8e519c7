import { MINUTE_MS, REQUESTS } from './meter-spec.ts';
import type { Meters } from './meters.ts';

/** Fewer requests than these in a minute say nothing of a limit: someone else has used it up. */
const EVIDENCE = 4;
/** A wait longer than this is for a day's or a month's quota, not for a rate. */
const LONGEST_WAIT_MS = 2 * MINUTE_MS;
/** What is left of a limit that is used in full and refused: soon after another refusal, and otherwise at most. */
const DECREASE = 0.92;
const DECREASE_LEAST = 0.98;
/** What one refusal leaves at least. */
const DECREASE_MOST = 0.5;
/** A refusal while less than this part of the limit was used shows how much is really allowed. */
const USED_IN_FULL = 0.97;
/** What was accepted between two refusals so far apart, in milliseconds, is a rate. */
const RATE_MS = 10_000;
/** A longer wait than this is for the end of a window; a bucket has its next drop sooner, rounded up to seconds. */
const DROP_MS = 2000;
/**
 * A limit grows only while at least this part of it is used: what is not tried out says nothing. Requests that come at
 * random use little more of a limit with a burst of one, where other targets take those that come too soon.
 */
const BINDING = 0.5;
/** Growth in a minute without refusals, as a part of the limit, and at least so many requests. */
const INCREASE = 0.05;
const LEAST_INCREASE = 1;
/** Growth in a minute, as a part of what is missing to a limit that held before. */
const RETURN = 0.5;
/** Without refusal for so long a limit grows; twice as long after each refusal of what it had grown to, up to the longest. */
const QUIET_MS = MINUTE_MS;
const QUIET_MAX_MS = 16 * MINUTE_MS;
/** After a ramp failure: growth in so many milliseconds, as OpenAI advises, and the growth at which it is over. */
const RAMP_GROWTH = 1.5;
const RAMP_MS = 15 * MINUTE_MS;
const RAMP_OVER = 4;

interface Lesson {
  /** The last time that something was learned: refusals of what was sent before are part of the same. */
  learnedAtMs: number;
  /** A refusal at most a minute ago, or the end of the wait for it, from which on a rate is counted. */
  rateFromMs: number;
  /** What one unit counted in the first estimate; 0 once it was corrected otherwise. */
  scale: number;
  quietMs: number;
  growsFromMs: number;
  grownAtMs: number;
  /** Whether it has grown since the last refusal. */
  hasGrown: boolean;
  /** The last limit that held until less was allowed; the present one where none did. */
  former: number;
  /** The limit at which a slow ramp began; 0 when there is none. */
  rampBase: number;
}

/**
 * Finds the limit per minute that a provider enforces but nobody stated, from its refusals (429): the first one shows how
 * much was accepted, later ones lower that, quiet minutes raise it by a twentieth, and faster up to a limit that held
 * before. Offered half as much again as the
 * limit, it is known within a tenth a minute after the first refusal, whether windows or buckets enforce it; only for
 * buckets of 15 to 25 seconds it may be a fifth too high until the next refusals.
 *
 * Use: by itself, for every target whose requests (or tokens) per minute are not limited in the configuration.
 *
 * Source: additive increase, multiplicative decrease, D. Chiu and R. Jain, Computer Networks and ISDN Systems 17 (1989).
 *
 * Differs in that it measures before it steps. The wait that a refusal states tells what the provider counts. A longer
 * one is for the end of a window: what counts began a minute before that end, and its sum is the limit. A wait of a
 * second or two is for a bucket's next drop, or the oldest of a sliding minute: then what was accepted is taken for a
 * rate, which a bucket that was full at first makes too high. It refuses again within seconds, which lowers the limit
 * step by step, and once ten seconds lie between two refusals, what was accepted between them is the rate.
 *
 * Cost: nothing per pick; a look at one entry per settled request of a target with a learned limit.
 *
 * Weights do not matter; the state is per process, a few numbers per learned limit.
 */
export class Learner {
  readonly #meters: Meters;
  readonly #lessons = new Map<number, Lesson>();

  constructor(meters: Meters) {
    this.#meters = meters;
  }

  /** What was reserved at `reservedAtMs` was refused, and is not counted any more. */
  onThrottled(
    meter: number,
    amount: number,
    reservedAtMs: number,
    retryAfterMs: number | undefined,
    nowMs: number,
  ): void {
    this.#meters.refresh(meter, nowMs);
    if (retryAfterMs !== undefined && retryAfterMs > LONGEST_WAIT_MS) return;
    const known = this.#lessons.get(meter);
    if (known === undefined) {
      this.#begin(meter, retryAfterMs, nowMs);
    } else if (reservedAtMs <= known.learnedAtMs) {
      // On its way when the limit was estimated, and counted as accepted then.
      this.#correct(meter, amount, known);
    } else {
      this.#decrease(meter, known, retryAfterMs, nowMs);
    }
  }

  /** The provider asked for slower growth: from what is used now, half as much again in 15 minutes. */
  onRamp(meter: number, nowMs: number): void {
    this.#meters.refresh(meter, nowMs);
    const base = Math.max(this.#meters.used[meter]!, EVIDENCE);
    this.#lessons.set(meter, { ...lesson(nowMs), growsFromMs: nowMs, rampBase: base });
    this.#set(meter, base);
  }

  /** Lets a limit that is used and not refused grow. */
  grow(meter: number, nowMs: number): void {
    const known = this.#lessons.get(meter);
    if (known === undefined || nowMs < known.growsFromMs) return;
    if (known.rampBase > 0) {
      this.#ramp(meter, known, nowMs);
      return;
    }
    const limit = this.#meters.learned[meter]!;
    const isReturning = limit < known.former;
    const isUsed = this.#meters.used[meter]! >= BINDING * limit;
    const sinceMs = nowMs - Math.max(known.grownAtMs, known.growsFromMs);
    // What could not be used for a while is still owed to a limit that returns, up to a minute's growth.
    if (isUsed || !isReturning) known.grownAtMs = nowMs;
    if (!isUsed) return;
    const isRequests = this.#meters.dimension[meter] === REQUESTS;
    const perMinute = Math.max(
      limit * INCREASE,
      isRequests ? LEAST_INCREASE : 0,
      (known.former - limit) * RETURN,
    );
    known.hasGrown = true;
    this.#set(meter, limit + (perMinute * Math.min(sinceMs, MINUTE_MS)) / MINUTE_MS);
  }

  /** The meter is gone. */
  forget(meter: number): void {
    this.#lessons.delete(meter);
  }

  #begin(meter: number, retryAfterMs: number | undefined, nowMs: number): void {
    const { used, scale } = this.#accepted(meter, retryAfterMs, nowMs);
    if (used < EVIDENCE) return;
    this.#lessons.set(meter, {
      ...lesson(nowMs),
      former: used * scale,
      scale,
      rateFromMs: rateFrom(retryAfterMs, nowMs),
    });
    this.#set(meter, used * scale);
  }

  #decrease(meter: number, known: Lesson, retryAfterMs: number | undefined, nowMs: number): void {
    const limit = this.#meters.learned[meter]!;
    const { used, scale } = this.#accepted(meter, retryAfterMs, nowMs);
    if (nowMs - known.rateFromMs > MINUTE_MS) known.rateFromMs = known.learnedAtMs;
    const spanMs = nowMs - known.rateFromMs;
    let next = used * scale;
    if (spanMs >= RATE_MS && spanMs <= MINUTE_MS && isDrop(retryAfterMs)) {
      // A bucket held more at first, which is still among what was accepted. Between two refusals it gives what it is
      // filled with.
      const rate = (this.#meters.usedSince(meter, known.rateFromMs) * MINUTE_MS) / spanMs;
      next = Math.min(next, rate);
    }
    if (next >= USED_IN_FULL * limit) {
      // As much was accepted as we took to be allowed, and yet it is too much.
      next = Math.min(next, limit * (spanMs < RATE_MS ? DECREASE : DECREASE_LEAST));
    }
    if (known.hasGrown) {
      // On its way back to what held before, it met a lower limit.
      known.former = limit;
    }
    if (spanMs > MINUTE_MS) known.rateFromMs = rateFrom(retryAfterMs, nowMs);
    known.learnedAtMs = nowMs;
    known.scale = 0;
    if (known.hasGrown) known.quietMs = Math.min(known.quietMs * 2, QUIET_MAX_MS);
    known.growsFromMs = nowMs + known.quietMs;
    known.hasGrown = false;
    known.rampBase = 0;
    this.#set(meter, Math.max(next, limit * DECREASE_MOST));
  }

  /** What was counted as accepted was refused after all; with too little left, nothing was learned. */
  #correct(meter: number, amount: number, known: Lesson): void {
    const { scale } = known;
    const limit = this.#meters.learned[meter]! - amount * scale;
    if (limit >= EVIDENCE * scale) {
      // The estimate was too high: it is nothing to come back to.
      known.former = Math.min(known.former, limit);
      this.#set(meter, limit);
      return;
    }
    this.#lessons.delete(meter);
    this.#meters.learned[meter] = Infinity;
    this.#meters.settleLimit(meter);
  }

  /** What was accepted of what counts now, and by how much that is to be multiplied for a minute. */
  #accepted(
    meter: number,
    retryAfterMs: number | undefined,
    nowMs: number,
  ): { used: number; scale: number } {
    const meters = this.#meters;
    const beganMs = meters.beganMs(meter);
    const endMs = nowMs + Math.min(retryAfterMs ?? 0, MINUTE_MS);
    const fromMs = Math.max(endMs - MINUTE_MS, beganMs);
    return {
      used: meters.usedSince(meter, fromMs),
      scale: isDrop(retryAfterMs) ? MINUTE_MS / (endMs - fromMs) : 1,
    };
  }

  #ramp(meter: number, known: Lesson, nowMs: number): void {
    const growth = RAMP_GROWTH ** ((nowMs - known.learnedAtMs) / RAMP_MS);
    if (growth < RAMP_OVER) {
      this.#set(meter, known.rampBase * growth);
    } else {
      this.#lessons.delete(meter);
      this.#set(meter, Infinity);
    }
  }

  #set(meter: number, limit: number): void {
    this.#meters.learned[meter] = Math.max(limit, 1);
    this.#meters.settleLimit(meter);
  }
}

/** Whether the wait is for the next drop of a bucket, as far as one can tell. */
function isDrop(retryAfterMs: number | undefined): boolean {
  return retryAfterMs !== undefined && retryAfterMs <= DROP_MS;
}

/** From when on a rate can be counted after a refusal: a wait for the end of a window is no part of it. */
function rateFrom(retryAfterMs: number | undefined, nowMs: number): number {
  return isDrop(retryAfterMs) ? nowMs : nowMs + Math.min(retryAfterMs ?? 0, MINUTE_MS);
}

function lesson(nowMs: number): Lesson {
  return {
    learnedAtMs: nowMs,
    rateFromMs: nowMs,
    scale: 0,
    quietMs: QUIET_MS,
    growsFromMs: nowMs + QUIET_MS,
    grownAtMs: nowMs,
    hasGrown: false,
    former: 0,
    rampBase: 0,
  };
}
