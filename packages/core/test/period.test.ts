import { expect, test } from 'vitest';

import { periodOverAtEpochMs } from '../src/index.ts';

test.each([
  ['2026-03-29', '2026-03-30T12:00:00Z'],
  ['2026-12-31', '2027-01-01T12:00:00Z'],
  ['2028-02-28', '2028-02-29T12:00:00Z'],
  ['2026-03', '2026-04-01T12:00:00Z'],
  ['2026-12', '2027-01-01T12:00:00Z'],
])('%s is over everywhere at %s', (period, overAt) => {
  expect(periodOverAtEpochMs(period)).toBe(Date.parse(overAt));
});

test.each([
  '',
  '2026',
  '2026-13',
  '2026-00',
  '2026-03-32',
  '2026-3-9',
  '2026-03-29T00',
  ' 2026-03',
])('"%s" is no period', (text) => {
  expect(() => periodOverAtEpochMs(text)).toThrow(
    `a period is written 2026-03-29 or 2026-03, got "${text}"`,
  );
});
