import { expect, test } from 'vitest';

import { bytesPerCall } from '../src/index.ts';

test('counts nothing where nothing is allocated', () => {
  const counts = new Int32Array(4);
  let call = 0;
  expect(bytesPerCall(() => void counts[call++ & 3]!++)).toBeLessThan(1);
});

// Interpreted it allocates 16 bytes for the result of every operation.
test('counts nothing for arithmetic on doubles, once that is compiled', () => {
  const sums = new Float64Array(2);
  expect(bytesPerCall(() => void (sums[0] = sums[1]! * 1.5 + sums[0]! / 3 + 0.1))).toBeLessThan(1);
});

test('counts a double that is put into an object per call', () => {
  // Beside an object, so that the list holds references and cannot hold a double itself.
  const boxes: unknown[] = [0, {}];
  let call = 0;
  // A map and the double, which never is a whole number: those need no object.
  expect(bytesPerCall(() => void (boxes[0] = call++ + 0.5))).toBeGreaterThanOrEqual(16);
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

test('counts something where calls allocate so much that the collector comes during a round', () => {
  const lists: unknown[] = [];
  const block = Array.from({ length: 3000 }, (_, index) => index);
  const bytes = bytesPerCall(() => {
    lists[0] = block.slice();
  });
  expect(bytes).toBeGreaterThanOrEqual(1);
});
