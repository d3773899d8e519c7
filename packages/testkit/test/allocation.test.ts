import { expect, test } from 'vitest';

import { bytesPerCall } from '../src/index.ts';

test('counts nothing where nothing is allocated', () => {
  const counts = new Int32Array(4);
  let call = 0;
  expect(bytesPerCall(() => void counts[call++ & 3]!++)).toBeLessThan(1);
});

test('counts a list of one number per call', () => {
  const lists: unknown[] = [];
  const bytes = bytesPerCall(() => {
    lists[0] = [lists.length];
  });
  // A list has at least a header and a length, and so has the array of its elements.
  expect(bytes).toBeGreaterThanOrEqual(16);
  expect(bytes).toBeLessThan(100);
});
