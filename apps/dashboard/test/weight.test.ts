import { expect, test } from 'vitest';
import { targetOf } from '../dev/fleet.ts';
import { shareWith, weightIn } from '../src/weight.ts';

test.each([
  ['3', 3],
  [' 2.5 ', 2.5],
  ['2,5', 2.5],
  ['0', 0],
  ['1000', 1000],
  ['1001', undefined],
  ['-1', undefined],
  ['', undefined],
  ['many', undefined],
])('%j as a weight is %s', (text, weight) => expect(weightIn(text)).toBe(weight));

const targets = [
  targetOf('a', 'p', 'm', 'r', 3),
  targetOf('b', 'p', 'm', 'r', 2, { slowStart: { ratio: 0.5, fullAtEpochMs: 0 } }),
  targetOf('c', 'p', 'm', 'r', 9, { state: 'draining' }),
];

test('the new share counts who is in service, and a slow start with what it has reached', () => {
  expect(shareWith(targets, 'a', 4)).toBe(0.8);
  expect(shareWith(targets, 'b', 6)).toBe(0.5);
});

test('one that is out of service would have no share', () => {
  expect(shareWith(targets, 'c', 5)).toBeNull();
});
