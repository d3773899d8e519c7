import { seededRandom } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { rig } from '../rig.ts';

interface Offer {
  readonly tenant: string;
  readonly priority?: number;
  readonly perSecond: number;
}

/**
 * Ten minutes of Poisson traffic on one target of 600 requests a minute that answers at once: what waits, waits for
 * quota. The clock moves from one arrival to the next; the sweep wakes who waits.
 */
function waitsOf(
  offers: readonly Offer[],
  seed: number,
): Map<string, { waitsMs: number[]; refused: number }> {
  // A generator for each tenant: who else asks must not change when this one does.
  const randoms = offers.map((_, index) => seededRandom(seed * 100 + index));
  const pauseMs = (index: number): number =>
    (-Math.log(1 - randoms[index]!.float()) * 1000) / offers[index]!.perSecond;
  const { provider, pool, clock } = rig([{ id: 'a', limits: { rpm: 600 } }]);
  const found = new Map(
    offers.map(({ tenant }) => [tenant, { waitsMs: [] as number[], refused: 0 }]),
  );
  const next = offers.map((_, index) => pauseMs(index));
  while (clock.now() < 600_000) {
    const atMs = Math.min(...next);
    const index = next.indexOf(atMs);
    const { tenant, priority = 0 } = offers[index]!;
    clock.advance(Math.max(0, atMs - clock.now()));
    next[index] = atMs + pauseMs(index);
    const startedMs = clock.now();
    const of = found.get(tenant)!;
    pool.start(
      { payload: undefined, tenant, priority },
      {
        onHead: () => of.waitsMs.push(clock.now() - startedMs),
        onChunk() {},
        onEnd() {},
        onError: () => of.refused++,
      },
    );
    answerAll(provider);
  }
  return found;
}

function answerAll(provider: ReturnType<typeof rig>['provider']): void {
  // An answer may let the next one that waits go: it is appended, and answered in its turn.
  for (const attempt of provider.attempts) attempt.answer();
  provider.attempts.length = 0;
}

function quantile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * ratio)]!;
}

// One refill interval of 600 requests a minute, with its guard, is 100.5 ms; the sweep adds a tick of 10 ms, and the
// answers of this test wait for the next arrival of whichever tenant.
const REFILL_MS = 100.5 + 10;

it('lets premium wait no longer than alone while a bulk tenant offers twice the capacity', () => {
  const premium: Offer = { tenant: 'premium', priority: 1, perSecond: 8 };
  const bulk: Offer = { tenant: 'bulk', perSecond: 20 };
  for (const seed of [1, 2, 3]) {
    const alone = waitsOf([premium], seed).get('premium')!;
    const beside = waitsOf([premium, bulk], seed).get('premium')!;
    expect(beside.refused).toBe(0);
    const aloneMs = quantile(alone.waitsMs, 0.99);
    expect(quantile(beside.waitsMs, 0.99)).toBeLessThanOrEqual(1.1 * aloneMs + REFILL_MS);
  }
});

it('shares the quota evenly between equal tenants, however unequal their offers', () => {
  const offers = [
    { tenant: 'a', perSecond: 5 },
    { tenant: 'b', perSecond: 10 },
    { tenant: 'c', perSecond: 40 },
  ];
  const served = [...waitsOf(offers, 1).values()].map(({ waitsMs }) => waitsMs.length);
  const sum = served.reduce((total, count) => total + count, 0);
  const squares = served.reduce((total, count) => total + count * count, 0);
  expect((sum * sum) / (served.length * squares)).toBeGreaterThanOrEqual(0.95);
  // All of it is used: ten a second for ten minutes, less the guard.
  expect(sum).toBeGreaterThanOrEqual(0.98 * 6000);
});

it('starves nobody: bulk gets its hundredth while premium asks for everything', () => {
  const found = waitsOf(
    [
      { tenant: 'premium', priority: 1, perSecond: 20 },
      { tenant: 'bulk', perSecond: 5 },
    ],
    1,
  );
  const premium = found.get('premium')!.waitsMs.length;
  const bulk = found.get('bulk')!.waitsMs.length;
  expect(bulk / premium).toBeGreaterThan(0.008);
  expect(bulk / premium).toBeLessThan(0.013);
});
