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

test('counts kilobytes that the collector takes away meanwhile', () => {
  const buffers: unknown[] = [];
  const bytes = bytesPerCall(() => {
    buffers[0] = Array.from({ length: 500 }, () => 0.5);
  });
  expect(bytes).toBeGreaterThan(1);
});
