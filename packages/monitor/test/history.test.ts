import { expect, it } from 'vitest';

import { rig, START_EPOCH_MS } from './rig.ts';

it('has 60 buckets, and in them every first pick and every promised one', () => {
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }]);
  run(47, 8);
  const { bucketMs, targets, buckets } = watch.history('5m');
  expect({ bucketMs, targets }).toEqual({ bucketMs: 5000, targets: ['a', 'b'] });
  expect(buckets).toHaveLength(60);
  const sum = (of: (bucket: (typeof buckets)[number]) => readonly number[]): number =>
    buckets.flatMap(of).reduce((total, count) => total + count, 0);
  expect(sum(({ requests }) => requests)).toBe(47 * 8);
  expect(sum(({ expected }) => expected!)).toBeCloseTo(47 * 8, 6);
  expect(buckets.at(-1)).toEqual(watch.bucket('5m'));
  expect(buckets.at(-1)!.startEpochMs).toBe(START_EPOCH_MS + 45_000);
  expect(buckets.at(-2)!.requests.reduce((one, other) => one + other)).toBe(40);
});

it('tells of a bucket that is over what came in its last second', () => {
  const { watch, run } = rig([{ id: 'a' }]);
  run(5, 8);
  expect(watch.bucket('5m').requests).toEqual([0]);
  expect(watch.bucket('5m', 1).requests).toEqual([40]);
});

it('keeps an hour and a day in wider buckets', () => {
  const { watch, run } = rig([{ id: 'a' }]);
  run(400, 1);
  const requests = (window: '5m' | '1h' | '24h'): number[] =>
    watch.history(window).buckets.map((bucket) => bucket.requests[0]!);
  expect(requests('5m').reduce((sum, count) => sum + count)).toBe(295);
  expect(requests('1h').slice(-7)).toEqual([60, 60, 60, 60, 60, 60, 40]);
  expect(requests('24h').at(-1)).toBe(400);
});

it('forgets what is older than the window', () => {
  const { watch, run, clock } = rig([{ id: 'a' }]);
  run(10, 5);
  clock.advance(400_000);
  watch.tick();
  const { buckets } = watch.history('5m');
  expect(buckets.flatMap(({ requests }) => requests).every((count) => count === 0)).toBe(true);
  expect(buckets.every(({ firstContentMs }) => firstContentMs.p50 === null)).toBe(true);
});

it('shows a target that left until its last bucket has gone', async () => {
  const { watch, run, pool } = rig([{ id: 'a' }, { id: 'b' }]);
  run(20, 10);
  void pool.remove('b');
  run(10, 10);
  expect(watch.columns('5m')).toEqual(['a', 'b']);
  expect(watch.view().targets.map(({ id }) => id)).toEqual(['a']);
  run(300, 1);
  expect(watch.columns('5m')).toEqual(['a']);
  expect(watch.columns('1h')).toEqual(['a', 'b']);
});

it('takes up a target that came, and one that came back under its id', async () => {
  const { watch, run, pool } = rig([{ id: 'a' }]);
  run(10, 10);
  pool.add({ id: 'b', provider: pool.targets()[0]!.provider! });
  run(10, 10);
  await pool.remove('a');
  pool.add({ id: 'a', provider: pool.targets()[0]!.provider! });
  run(10, 10);
  expect(watch.columns()).toEqual(['b', 'a']);
  const counted = watch
    .history()
    .buckets.flatMap(({ requests }) => requests)
    .reduce((sum, count) => sum + count, 0);
  expect(counted).toBe(300);
});

it('starts at nothing on a pool that has served before', async () => {
  const { pool, run, clock } = rig([{ id: 'a' }]);
  run(10, 10);
  const { monitor } = await import('../src/index.ts');
  const late = monitor(pool, { clock });
  run(5, 10);
  late.tick();
  expect(late.view().figures.requests.inWindow).toBe(50);
  expect(
    late
      .history()
      .buckets.flatMap(({ requests }) => requests)
      .reduce((a, b) => a + b),
  ).toBe(50);
});

it('says in a line how the pool stands', () => {
  const { watch, run, pool } = rig([{ id: 'a' }, { id: 'b' }]);
  watch.tick();
  expect(watch.summary()).toMatchObject({ levels: [null, null], usable: 2, ratePerSecond: 0 });
  void pool.drain('b');
  run(40, 50);
  const { usable, total, ratePerSecond, levels, wantsAttention } = watch.summary();
  expect({ usable, total, ratePerSecond }).toEqual({ usable: 1, total: 2, ratePerSecond: 50 });
  expect(levels).toEqual([2, 0]);
  expect(wantsAttention).toEqual([false, true]);
});
