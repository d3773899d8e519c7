import type { TargetView } from '@plimsoll/monitor';
import { quota, targetOf } from './fleet.ts';
import { randomFrom } from './random.ts';

const providers = [
  ['openai', 'openai', 46, ['use1', 'usw2', 'euw1'], 'gpt-5-mini', 395, 2.83],
  ['anthropic', 'claude', 30, ['us', 'eu'], 'claude-haiku-4-5', 515, 8.3],
  ['google', 'gemini', 24, ['usc1', 'euw4'], 'gemini-2.5-flash', 335, 3.5],
] as const;

const odd: Readonly<Record<number, Partial<TargetView>>> = {
  11: {
    state: 'cooling',
    reason: '429, tokens per minute used up',
    untilEpochMs: 14,
    untilTotalMs: 30_000,
  },
  12: {
    state: 'cooling',
    reason: '429, same quota group as openai-use1-12',
    untilEpochMs: 14,
    untilTotalMs: 30_000,
  },
  28: { state: 'open', reason: '5 × 502', untilEpochMs: 37, untilTotalMs: 60_000 },
  63: { state: 'draining', reason: '3 requests in flight', inFlight: 3 },
  84: {
    state: 'open',
    reason: '402, credit used up: top up the account',
    untilEpochMs: 21_599,
    untilTotalMs: 40_000_000,
  },
};

/** The index of the one that is off its line. */
export const OFF_LINE = 37;
const SLOW_START = 51;
const RATE = 1284;

/** A hundred targets of three providers, seven of which want attention. */
export function largeFleet(nowMs: number): TargetView[] {
  const random = randomFrom(7);
  const plain = providers.flatMap(([provider, stem, count, regions, model, firstMs, usd]) =>
    Array.from({ length: count }, (_, index) => {
      const region = regions[Math.floor((index * regions.length) / count)]!;
      const id = `${stem}-${region}-${String(index + 1).padStart(2, '0')}`;
      const weight = [1, 1, 1, 2, 2, 3][Math.floor(random() * 6)]!;
      const jitter = 0.9 + random() * 0.2;
      return {
        target: targetOf(id, provider, model, region, weight),
        edge: 1.55 + random() * 0.9,
        p50: firstMs * jitter,
        usd,
        noise: random(),
      };
    }),
  );
  const states = plain.map(({ target }, index): TargetView => {
    const more = odd[index];
    if (index === SLOW_START) {
      return {
        ...target,
        state: 'recovering',
        reason: 'slow start, at 25% of its weight',
        slowStart: { ratio: 0.25, fullAtEpochMs: nowMs + 96_000 },
      };
    }
    if (more === undefined) return target;
    return {
      ...target,
      ...more,
      untilEpochMs: more.untilEpochMs === undefined ? null : nowMs + more.untilEpochMs! * 1000,
    };
  });
  const isOut = (target: TargetView): boolean =>
    ['cooling', 'open', 'draining'].includes(target.state);
  const effective = states.map((target) =>
    isOut(target) ? 0 : target.weight * (target.slowStart?.ratio ?? 1),
  );
  const total = effective.reduce((sum, value) => sum + value, 0);
  const raw = effective.map(
    (value, index) => value * (index === OFF_LINE ? 1.62 : 1 + (plain[index]!.noise - 0.5) * 0.07),
  );
  const rawTotal = raw.reduce((sum, value) => sum + value, 0);
  const weights = states.reduce((sum, { weight }) => sum + weight, 0);
  return states.map((target, index) => {
    const { edge, p50, usd } = plain[index]!;
    const share = raw[index]! / rawTotal;
    const level = share / (target.weight / weights);
    const left =
      target.state === 'cooling'
        ? 0
        : isOut(target)
          ? 0.9
          : Math.max(0.18, 1 - level / (index === OFF_LINE ? 2.1 : edge));
    const rate = RATE * share;
    return {
      ...target,
      actualShare: share,
      expectedShare: effective[index]! / total,
      ratePerSecond: rate,
      inFlight: isOut(target) ? target.inFlight : Math.round(rate * 4.1),
      concurrencyLimit: 160,
      lastUsedEpochMs: nowMs,
      errorRatio: index % 9 === 0 ? 0.001 : 0,
      firstContentMs: isOut(target)
        ? { p50: null, p95: null, p99: null }
        : { p50, p95: p50 * 2.5, p99: p50 * 5.2 },
      quotas: [
        quota(
          'tokens/min',
          left,
          nowMs + (10 + Math.floor(plain[index]!.noise * 48)) * 1000,
          isOut(target) ? null : 1 / (1 - left),
        ),
      ],
      usdPerHour: rate * usd,
    };
  });
}
