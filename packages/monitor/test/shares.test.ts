import { seededRandom, type StrategyDefinition } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { draws, rig, type RigTarget, throttled } from './rig.ts';

/** Promises equal shares, and gives the first target this part of the picks. */
function leaning(part: () => number): StrategyDefinition {
  return {
    ...draws,
    expectedShare: 'equal',
    create: ({ random }) => ({
      update() {},
      pick: () => (random.float() < part() ? 0 : 1),
    }),
  };
}

it('tells no share before traffic, but what is promised', () => {
  const { watch } = rig([
    { id: 'a', weight: 3 },
    { id: 'b', weight: 1 },
  ]);
  watch.tick();
  const [a] = watch.view().targets;
  expect(a).toMatchObject({ actualShare: null, expectedShare: 0.75, lastUsedEpochMs: null });
});

it('tells the share of the last 30 s', () => {
  let part = 1;
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }], { strategy: leaning(() => part) });
  run(60, 100);
  part = 0;
  run(35, 100);
  expect(watch.view().targets.map(({ actualShare }) => actualShare)).toEqual([0, 1]);
});

it('takes 1,000 picks where 30 s have fewer', () => {
  let part = 1;
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }], { strategy: leaning(() => part) });
  run(500, 2);
  part = 0;
  run(200, 2);
  // The last 1,000 picks, to a bucket of 5 s: 600 of the first target, 400 of the second.
  const [a] = watch.view().targets;
  expect(a!.actualShare).toBeCloseTo(0.6, 1);
});

it('looks no further back than the promised shares have held', () => {
  const { watch, run, pool } = rig([{ id: 'a' }, { id: 'b' }]);
  run(300, 2);
  pool.setWeight('a', 9);
  run(60, 2);
  const [a] = watch.view().targets;
  // 120 picks at 0.9: 3 sigma are 0.08. Over all 720 picks it would be 0.57.
  expect(Math.abs(a!.actualShare! - 0.9)).toBeLessThan(0.09);
  expect(a!.expectedShare).toBe(0.9);
});

it('tells a gap from 100 picks on', () => {
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }]);
  run(5, 10);
  expect(watch.view().verdict.maxGapPoints).toBeNull();
  run(25, 20);
  const { maxGapPoints } = watch.view().verdict;
  // 3 sigma of 550 draws at 0.5 are 6.4 points.
  expect(maxGapPoints!).toBeGreaterThanOrEqual(0);
  expect(maxGapPoints!).toBeLessThan(6.4);
});

it('tells no gap where no share is promised', () => {
  const strategy: StrategyDefinition = { ...draws, expectedShare: 'none' };
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }], { strategy });
  run(40, 50);
  const view = watch.view();
  expect(view.verdict.maxGapPoints).toBeNull();
  expect(view.targets[0]).toMatchObject({ expectedShare: null });
  expect(watch.bucket().expected).toBeNull();
});

it('tells once that a target is off its line, and once that it is back', () => {
  let part = 0.5;
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }], { strategy: leaning(() => part) });
  run(60, 100);
  expect(watch.events()).toEqual([]);
  part = 0.8;
  run(120, 100);
  expect(watch.view().verdict.offLine).toEqual(['a', 'b']);
  part = 0.5;
  run(120, 100);
  expect(watch.view().verdict.offLine).toEqual([]);
  const told = watch.events().map(({ target, kind }) => `${target} ${kind}`);
  expect(told.toReversed()).toEqual(['a off_line', 'b off_line', 'a on_line', 'b on_line']);
});

it('says how far off its line a target is', () => {
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }], { strategy: leaning(() => 0.8) });
  run(40, 500);
  const [first] = watch.view().attention;
  expect(first).toMatchObject({ target: 'a', kind: 'off_line', untilEpochMs: null });
  expect(first!.reason).toMatch(/^takes (79|80)\.\d% where 50\.0% was expected \(1\.6 ×\)$/);
});

it('keeps to the bound it is given', () => {
  const { watch, run } = rig(
    [{ id: 'a' }, { id: 'b' }],
    { strategy: leaning(() => 0.57) },
    { fairnessBound: 0.2 },
  );
  run(60, 200);
  expect(watch.view().verdict).toMatchObject({ offLine: [], fairnessBoundPoints: 20 });
});

it('refuses a bound that is none', () => {
  expect(() => rig([{ id: 'a' }], {}, { fairnessBound: 0 })).toThrow('fairnessBound');
});

it('is not misled by chance, in a pool of a hundred where every pick is a draw', () => {
  const targets: RigTarget[] = Array.from({ length: 100 }, (_, index) => ({ id: `t${index}` }));
  const { watch, run } = rig(targets, {}, {}, seededRandom(7));
  run(600, 60);
  expect(watch.events()).toEqual([]);
});

it('is not misled by targets that go and return', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  run(60, 60);
  behave('a', { failure: { ...throttled, kind: 'ramp' } });
  run(5, 60);
  behave('a', { firstContentMs: 100 });
  run(150, 60);
  const told = watch.events().filter(({ kind }) => kind === 'off_line');
  expect(told).toEqual([]);
  expect(watch.view().targets[0]).toMatchObject({ state: 'healthy' });
});

it('judges standby targets by no share', () => {
  const { watch, run, behave } = rig(
    [{ id: 'a' }, { id: 'spare', weight: 0 }].map((target) => ({ weight: 1, ...target })),
  );
  behave('a', { failure: throttled });
  run(50, 100);
  expect(watch.view().targets[1]!.actualShare).toBeGreaterThan(0.9);
  expect(watch.view().verdict.offLine).toEqual([]);
});
