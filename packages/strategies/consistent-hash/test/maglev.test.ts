import { describe, expect, test } from 'vitest';

import { MaglevPlacement } from '../src/maglev.ts';

const thousand = Array.from({ length: 1000 }, (_, index) => `backend-${index}`);
const equal = (count: number): Float64Array => new Float64Array(count).fill(1);

function entries(table: ArrayLike<number>, members: number): number[] {
  const counts = Array.from({ length: members }, () => 0);
  for (let at = 0; at < table.length; at++) counts[table[at]!]!++;
  return counts;
}

describe('maglev', () => {
  // Eisenbud et al., NSDI 2016, section 5.3: every backend has floor(M / N) or ceil(M / N) entries.
  test.each([65_537, 655_373])('fills a table of %d as evenly as can be', (size) => {
    const counts = entries(new MaglevPlacement(thousand, equal(1000), size).table, 1000);
    expect(Math.min(...counts)).toBe(Math.floor(size / 1000));
    expect(Math.max(...counts)).toBe(Math.ceil(size / 1000));
  });

  // Envoy's documentation of weighted Maglev: weights 1 and 2 give 21,846 and 43,691 of 65,537 entries.
  test('gives entries by weight', () => {
    const { table } = new MaglevPlacement(['a', 'b'], Float64Array.of(1, 2));
    expect(entries(table, 2)).toEqual([21_846, 43_691]);
  });

  // Figure 12 of the paper, reproduced by simulation: when k of 1,000 backends go, 0.66 % (k = 1), 2.21 % (5), 3.32 %
  // (10), 4.58 % (20) and 8.18 % (50) of the entries change in a table of 65,537, of which k / 10 % must. Single
  // removals differ by which backend goes; the bound is a quarter of the figure and 0.3 %.
  test.each([
    [1, 0.66],
    [5, 2.21],
    [10, 3.32],
    [20, 4.58],
    [50, 8.18],
  ])('changes few entries when %d of 1,000 backends go', (gone, percent) => {
    const before = new MaglevPlacement(thousand, equal(1000), 65_537).table;
    const rest = thousand.slice(0, -gone);
    const after = new MaglevPlacement(rest, equal(rest.length), 65_537).table;
    let changed = 0;
    for (const [at, member] of before.entries())
      if (thousand[member] !== rest[after[at]!]) changed++;
    const measured = (100 * changed) / before.length;
    expect(measured).toBeGreaterThanOrEqual(gone / 10 - 0.02);
    expect(Math.abs(measured - percent)).toBeLessThan(0.25 * percent + 0.3);
  });

  test('takes a larger table where 65,537 entries are fewer than 50 per member', () => {
    const many = Array.from({ length: 2000 }, (_, index) => `b${index}`);
    expect(new MaglevPlacement(thousand, equal(1000)).table.length).toBe(65_537);
    expect(new MaglevPlacement(many, equal(2000)).table.length).toBe(655_373);
  });
});
