import { optionError, type QuotaLimits, type RateLimitDimension } from '@plimsoll/core';

import { type Calendar, calendarOf } from './calendar.ts';

/** Dimensions as meters store them: places in `DIMENSIONS`. */
export const REQUESTS = 0;
export const TOKENS = 1;
export const INPUT_TOKENS = 2;
export const OUTPUT_TOKENS = 3;
export const DIMENSIONS: readonly RateLimitDimension[] = [
  'requests',
  'tokens',
  'input_tokens',
  'output_tokens',
];

/** What a provider counts of an answer: places in the list of accepted values. */
export const ACTUAL = 0;
export const PRODUCED = 1;
export const RESERVED = 2;
const ACCOUNTINGS: readonly string[] = ['actual', 'produced', 'reserved'];

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/**
 * The guard of a window: a part of it, at most so many milliseconds. Requests that travel by up to the guard more or less
 * than others are counted in one window wherever it begins. 300 ms cost half a percent of a minute; of a second they would
 * cost a quarter, so that there the guard is what 98 % of the quota leave room for: 2 % less what waiting is late.
 */
const GUARD_RATIO = 0.015;
const GUARD_MAX_MS = 300;

/** What a meter is to count, and how. */
export interface MeterSpec {
  /** Distinguishes the meters of one scope. */
  readonly key: string;
  readonly dimension: number;
  readonly windowMs: number;
  /** Infinity to count only. */
  readonly limit: number;
  readonly guardMs: number;
  /** Part of the limit that may be used at once; 1 where nothing is spread out. */
  readonly burstRatio: number;
  /** `ACTUAL`, `PRODUCED` or `RESERVED`. */
  readonly accounting: number;
  /** A finer judgement of another meter's limit: not shown, and no fact is about it. */
  readonly isSlice: boolean;
  /** The calendar that a day follows; a window that may begin at any moment has none. */
  readonly calendar: Calendar | undefined;
}

const RATES = [
  ['rps', REQUESTS, SECOND_MS],
  ['rpm', REQUESTS, MINUTE_MS],
  ['rpd', REQUESTS, DAY_MS],
  ['tps', TOKENS, SECOND_MS],
  ['tpm', TOKENS, MINUTE_MS],
  ['tpd', TOKENS, DAY_MS],
  ['itpm', INPUT_TOKENS, MINUTE_MS],
  ['itpd', INPUT_TOKENS, DAY_MS],
  ['otpm', OUTPUT_TOKENS, MINUTE_MS],
  ['otpd', OUTPUT_TOKENS, DAY_MS],
] as const;

/**
 * The meters that `limits` ask for.
 *
 * @param where - where the limits stand, such as `targets.a.limits`.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a value out of range.
 */
export function meterSpecs(where: string, limits: QuotaLimits): MeterSpec[] {
  const at = (name: string): string => `${where}.${name}`;
  const { accounting, judgingMs, guardMs, burstRatio, timeZone } = limits;
  if (accounting !== undefined && !ACCOUNTINGS.includes(accounting)) {
    throw optionError('balancer', at('accounting'), 'actual, produced or reserved', accounting);
  }
  if (judgingMs !== undefined && !(judgingMs >= 100 && judgingMs <= 30_000)) {
    throw optionError('balancer', at('judgingMs'), 'milliseconds from 100 to 30000', judgingMs);
  }
  if (guardMs !== undefined && !(guardMs >= 0 && guardMs <= MINUTE_MS)) {
    throw optionError('balancer', at('guardMs'), 'milliseconds from 0 to 60000', guardMs);
  }
  if (burstRatio !== undefined && !(burstRatio >= 0 && burstRatio <= 1)) {
    throw optionError('balancer', at('burstRatio'), 'from 0 to 1', burstRatio);
  }
  const calendar = timeZone === undefined ? undefined : calendarOf(at('timeZone'), timeZone, 'day');
  const specs: MeterSpec[] = [];
  const add = (dimension: number, windowMs: number, limit: number, isSlice: boolean): void => {
    const isDay = windowMs === DAY_MS;
    specs.push({
      key: `${DIMENSIONS[dimension]}/${windowMs}`,
      dimension,
      windowMs,
      limit,
      guardMs: guardMs ?? guardOf(windowMs),
      burstRatio: isDay || isSlice ? 1 : (burstRatio ?? 0.01),
      accounting: accounting === undefined ? ACTUAL : ACCOUNTINGS.indexOf(accounting),
      isSlice,
      calendar: isDay ? (calendar ?? calendarOf(at('timeZone'), 'UTC', 'day')) : undefined,
    });
  };
  for (const [name, dimension, windowMs] of RATES) {
    const limit = limits[name];
    if (limit === undefined) continue;
    if (!(typeof limit === 'number' && limit >= 1 && limit < Infinity)) {
      throw optionError('balancer', at(name), 'a number >= 1', limit);
    }
    add(dimension, windowMs, limit, false);
  }
  if (judgingMs !== undefined) {
    if (limits.rpm === undefined) {
      throw optionError('balancer', at('judgingMs'), 'stated with rpm', judgingMs);
    }
    add(REQUESTS, judgingMs, Math.max(1, Math.floor((limits.rpm * judgingMs) / MINUTE_MS)), true);
  }
  return specs;
}

/** The meter that counts what has no limit yet, so that one can be learned; or one that a provider stated. */
export function openSpec(dimension: number, windowMs: number): MeterSpec {
  return {
    key: `${DIMENSIONS[dimension]}/${windowMs}`,
    dimension,
    windowMs,
    limit: Infinity,
    guardMs: guardOf(windowMs),
    burstRatio: windowMs === DAY_MS ? 1 : 0.01,
    accounting: ACTUAL,
    isSlice: false,
    calendar: undefined,
  };
}

function guardOf(windowMs: number): number {
  return Math.min(windowMs * GUARD_RATIO, GUARD_MAX_MS);
}
