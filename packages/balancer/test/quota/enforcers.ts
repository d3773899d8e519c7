/** A provider's own limit, as it enforces it; times are its own. */
export interface Enforcer {
  /** Counts `amount`, or refuses it. */
  arrive(amount: number, nowMs: number): Verdict;
  /** Counts `amount` without asking, or takes it back when it is negative: of what arrived at `atMs`. */
  correct(amount: number, atMs: number, nowMs: number): void;
}

export interface Verdict {
  readonly isAccepted: boolean;
  readonly remaining: number;
  /** Until `remaining` is the limit again. */
  readonly resetAfterMs: number;
  /** Until what was refused fits. */
  readonly retryAfterMs: number;
}

const MINUTE_MS = 60_000;

/** Counts anew at every full minute of its own clock, which is `phaseMs` ahead. */
export function fixedWindow(
  limit: number,
  phaseMs: number,
  windowMs: number = MINUTE_MS,
): Enforcer {
  let window = -1;
  let used = 0;
  const turn = (nowMs: number): number => {
    const now = Math.floor((nowMs + phaseMs) / windowMs);
    if (now !== window) used = 0;
    window = now;
    return (now + 1) * windowMs - phaseMs - nowMs;
  };
  return {
    arrive(amount, nowMs) {
      const resetAfterMs = turn(nowMs);
      const isAccepted = used + amount <= limit;
      if (isAccepted) used += amount;
      return { isAccepted, remaining: limit - used, resetAfterMs, retryAfterMs: resetAfterMs };
    },
    correct(delta, atMs, nowMs) {
      turn(nowMs);
      if (Math.floor((atMs + phaseMs) / windowMs) === window) used += delta;
    },
  };
}

/** Counts what arrived in the last minute. */
export function slidingWindow(limit: number, windowMs: number = MINUTE_MS): Enforcer {
  const log: { atMs: number; amount: number }[] = [];
  let used = 0;
  const expire = (nowMs: number): void => {
    while (log.length > 0 && log[0]!.atMs + windowMs <= nowMs) used -= log.shift()!.amount;
  };
  return {
    arrive(amount, nowMs) {
      expire(nowMs);
      const isAccepted = used + amount <= limit;
      let retryAfterMs = 0;
      if (isAccepted) {
        log.push({ atMs: nowMs, amount });
        used += amount;
      } else {
        let left = used;
        for (const entry of log) {
          left -= entry.amount;
          if (left + amount > limit) continue;
          retryAfterMs = entry.atMs + windowMs - nowMs;
          break;
        }
      }
      const resetAfterMs = log.length === 0 ? 0 : log.at(-1)!.atMs + windowMs - nowMs;
      return { isAccepted, remaining: limit - used, resetAfterMs, retryAfterMs };
    },
    correct(delta, atMs, nowMs) {
      expire(nowMs);
      const entry = log.find((other) => other.atMs === atMs);
      if (entry !== undefined) entry.amount += delta;
      else if (atMs === nowMs) log.push({ atMs, amount: delta });
      else return;
      used += delta;
    },
  };
}

/** A bucket that holds `capacity` and is filled with `limit` a minute. */
export function bucket(limit: number, capacity: number): Enforcer {
  let level = capacity;
  let atMs = 0;
  const fill = (nowMs: number): void => {
    level = Math.min(capacity, level + ((nowMs - atMs) * limit) / MINUTE_MS);
    atMs = nowMs;
  };
  return {
    arrive(amount, nowMs) {
      fill(nowMs);
      const isAccepted = level >= amount;
      if (isAccepted) level -= amount;
      return {
        isAccepted,
        remaining: Math.floor(level),
        resetAfterMs: ((capacity - level) * MINUTE_MS) / limit,
        retryAfterMs: isAccepted ? 0 : ((amount - level) * MINUTE_MS) / limit,
      };
    },
    correct(delta, _atMs, nowMs) {
      fill(nowMs);
      level = Math.min(capacity, level - delta);
    },
  };
}

/** A minute that is judged second by second besides: each admits its whole part of the limit. */
export function judged(limit: number, phaseMs: number, judgingMs: number): Enforcer {
  const minute = fixedWindow(limit, phaseMs);
  const slice = fixedWindow(Math.floor((limit * judgingMs) / MINUTE_MS), phaseMs, judgingMs);
  return {
    arrive(amount, nowMs) {
      const first = slice.arrive(amount, nowMs);
      return first.isAccepted ? minute.arrive(amount, nowMs) : first;
    },
    correct() {},
  };
}
