import { describe, expect, test } from 'vitest';
import { quota, targetOf } from '../dev/fleet.ts';
import { heightOf, HULL_RANGE, hullsOf } from '../src/hull.ts';

const plain = (id: string, weight: number, more = {}) => targetOf(id, 'p', 'm', 'r', weight, more);

describe('hulls', () => {
  test('level and mark are multiples of the share by weight', () => {
    const [hull] = hullsOf([
      plain('a', 30, { actualShare: 0.472, expectedShare: 0.476 }),
      plain('b', 70),
    ]);
    expect(hull?.weightShare).toBe(0.3);
    expect(hull?.level).toBeCloseTo(1.573, 3);
    expect(hull?.mark).toBeCloseTo(1.587, 3);
  });

  test('the areas of the fills add up to all requests', () => {
    const hulls = hullsOf([
      plain('a', 3, { actualShare: 0.5 }),
      plain('b', 2, { actualShare: 0.3 }),
      plain('c', 1, { actualShare: 0.2 }),
    ]);
    expect(hulls.reduce((sum, { level, weightShare }) => sum + level * weightShare, 0)).toBeCloseTo(
      1,
    );
  });

  test('the edge is what the quota allows, in the measure of the fill', () => {
    const quotas = [quota('tokens/min', 0.25, null, 1.3)];
    const [a, b] = hullsOf([
      plain('a', 1, { actualShare: 0.5, quotas }),
      plain('b', 1, { actualShare: 0.5 }),
    ]);
    expect(a).toMatchObject({ edge: 1.3, isOpen: false, isTight: false });
    expect(b).toMatchObject({ edge: HULL_RANGE, isOpen: true });
  });

  test('of one that is out the edge does not sink with its fill', () => {
    const quotas = [quota('requests/min', 0.9, null, 10)];
    const [hull] = hullsOf([plain('a', 1, { actualShare: 0.01, quotas, state: 'open' })]);
    expect(hull).toMatchObject({ edge: 1.3, isOpen: false });
  });

  test('under 15% left is tight, but not of one that is out anyway', () => {
    const quotas = [quota('tokens/min', 0.14, null)];
    const [a, b] = hullsOf([
      plain('a', 1, { actualShare: 1, quotas }),
      plain('b', 1, { actualShare: 0, quotas, state: 'cooling' }),
    ]);
    expect(a?.isTight).toBe(true);
    expect(b?.isTight).toBe(false);
  });

  test('in slow start a second mark says where the first will be', () => {
    const slowStart = { ratio: 0.4, fullAtEpochMs: 0 };
    const [a] = hullsOf([
      plain('a', 20, { expectedShare: 0.1, slowStart }),
      plain('b', 55),
      plain('c', 25, { state: 'draining' }),
    ]);
    expect(a?.fullMark).toBeCloseTo(100 / 75);
  });

  test('one of weight 0 is a sliver, with neither level nor mark', () => {
    const [, standby] = hullsOf([
      plain('a', 50),
      plain('b', 0, { actualShare: 0, expectedShare: 0 }),
    ]);
    expect(standby).toMatchObject({ weight: 1, level: 0, mark: null });
  });

  test('what is past the chart ends at its top', () => {
    const [hull] = hullsOf([plain('a', 1, { actualShare: 1, expectedShare: 0.9 }), plain('b', 9)]);
    expect(hull).toMatchObject({ level: HULL_RANGE, mark: HULL_RANGE });
    expect(heightOf(HULL_RANGE)).toBe('100.00%');
  });
});
