import { expect, it } from 'vitest';

import { rig, serverFault } from './rig.ts';

it('has 30 points for each figure, oldest first', () => {
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }]);
  run(40, 10);
  const { requests, errors, firstContentMs, inFlight, headroom, cost } = watch.view().figures;
  for (const { points } of [requests, errors, firstContentMs, inFlight, headroom, cost]) {
    expect(points).toHaveLength(30);
  }
  expect(requests.points.slice(0, 25)).toEqual(Array.from({ length: 25 }, () => 0));
  expect(requests.points.slice(-4)).toEqual([10, 10, 10, 10]);
});

it('tells rates over the time that was watched, and over the window after that', () => {
  const { watch, run } = rig([{ id: 'a' }]);
  run(100, 10);
  expect(watch.view('5m').figures.requests).toMatchObject({ perSecond: 10, inWindow: 1000 });
  run(300, 0);
  const { perSecond, inWindow } = watch.view('5m').figures.requests;
  expect({ perSecond, inWindow }).toEqual({ perSecond: 0, inWindow: 0 });
  expect(watch.view('1h').figures.requests).toMatchObject({ perSecond: 2.5, inWindow: 1000 });
});

it('tells errors that callers saw apart from those that another target made good', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }], { retry: { budgetRatio: 1 } });
  behave('a', { failure: { ...serverFault, isHealthFailure: false } });
  run(20, 10);
  const { figures, targets } = watch.view();
  expect(figures.errors.callerRatio).toBe(0);
  // Half of the requests try `a` first: as many attempts fail as a third of all.
  expect(figures.errors.upstreamRatio).toBeGreaterThan(0.25);
  expect(figures.errors.upstreamRatio).toBeLessThan(0.4);
  expect(targets[0]).toMatchObject({ errorRatio: 1 });
  expect(targets[0]!.errorNote).toMatch(/^\d+ × 502$/);
  expect(targets[1]).toMatchObject({ errorRatio: 0, errorNote: '' });
});

it('tells times to the first content, of callers and of each target', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }]);
  behave('a', { firstContentMs: 100 });
  behave('b', { firstContentMs: 1000 });
  run(30, 20);
  const { figures, targets } = watch.view();
  const near = (value: number | null, wanted: number): void => {
    expect(Math.abs(value! / wanted - 1)).toBeLessThan(0.08);
  };
  near(targets[0]!.firstContentMs.p50, 100);
  near(targets[1]!.firstContentMs.p99, 1000);
  near(figures.firstContentMs.p95, 1000);
});

it('does not count a failed attempt of another to the time of the target that served', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }]);
  behave('a', { failure: { ...serverFault, isHealthFailure: false } });
  behave('b', { firstContentMs: 2 });
  run(20, 20);
  expect(watch.view().targets[1]!.firstContentMs.p99).toBeLessThanOrEqual(3);
});

it('tells cost where there are prices', () => {
  const price = { input: 1, output: 2 };
  const { watch, run } = rig([{ id: 'a', price }]);
  run(100, 10);
  const { cost } = watch.view().figures;
  // 100 tokens in and 50 out: 0.0002 dollars each; the last ones are not answered yet.
  expect(cost.usdPerThousand).toBeCloseTo(0.2, 2);
  expect(cost.usdPerHour).toBeCloseTo(7.2, 1);
  expect(watch.view().targets[0]!.usdPerHour).toBeCloseTo(7.2, 1);
});

it('tells no cost without prices', () => {
  const { watch, run } = rig([{ id: 'a' }]);
  run(10, 10);
  expect(watch.view().figures.cost).toMatchObject({ usdPerHour: null, usdPerThousand: null });
  expect(watch.view().targets[0]!.usdPerHour).toBeNull();
});

it('says how many times the present rate the limits allow, and where they are tightest', () => {
  const { watch, run } = rig([
    { id: 'a', limits: { rpm: 600 } },
    { id: 'b', limits: { itpm: 120_000 } },
  ]);
  run(90, 10);
  const { headroom } = watch.view().figures;
  // 10/s by requests, and 2,000 tokens a second at 100 each: 20/s.
  expect(headroom.capacityPerSecond).toBeCloseTo(30, 0);
  expect(headroom.timesNow).toBeCloseTo(3, 0);
  expect(headroom.tightest!.target).toBe('a');
  expect(headroom.tightest!.leftRatio).toBeCloseTo(0.5, 1);
  const [a] = watch.view().targets;
  expect(a!.quotas[0]).toMatchObject({ dimension: 'requests/min' });
  expect(a!.quotas[0]!.timesNow).toBeCloseTo(2, 0);
});

it('tells no head-room where one target has no limit', () => {
  const { watch, run } = rig([{ id: 'a', limits: { rpm: 600 } }, { id: 'b' }]);
  run(10, 10);
  expect(watch.view().figures.headroom).toMatchObject({ timesNow: null, capacityPerSecond: null });
});

it('shares the limit of a quota group between its targets', () => {
  const { watch, run } = rig([
    { id: 'a', quotaGroup: 'team', model: 'm', limits: { rpm: 6000, concurrency: 30 } },
    { id: 'b', quotaGroup: 'team', model: 'm', limits: { rpm: 6000, concurrency: 30 } },
  ]);
  run(30, 10);
  const { capacityPerSecond } = watch.view().figures.headroom;
  // By requests 100/s each; but 30 at once, 0.1 s each, are 300/s, which is no bound.
  expect(capacityPerSecond).toBeCloseTo(200, 0);
});

it('shows the two tightest limits of a target', () => {
  const { watch, run } = rig([{ id: 'a', limits: { rpm: 6000, itpm: 100_000, tpd: 100_000_000 } }]);
  run(30, 10);
  const { quotas } = watch.view().targets[0]!;
  expect(quotas.map(({ dimension }) => dimension)).toEqual(['input/min', 'requests/min']);
});

it('says what is in flight and what waits', () => {
  const { watch, run, behave } = rig([{ id: 'a', limits: { concurrency: 4 } }]);
  behave('a', { firstContentMs: 60_000 });
  run(2, 5);
  const { figures, verdict, targets } = watch.view();
  expect(figures.inFlight.now).toBe(4);
  expect(verdict.waiting).toBe(6);
  expect(targets[0]).toMatchObject({ inFlight: 4, concurrencyLimit: 4 });
});
