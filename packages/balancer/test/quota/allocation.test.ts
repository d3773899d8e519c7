import { bytesPerCall } from '@plimsoll/testkit';
import { expect, it } from 'vitest';

import { bookOf } from './book.ts';

const usage = { inputTokens: 80, outputTokens: 12 };

it.each([
  ['no limits', undefined],
  ['limits', { rpm: 600_000, tpm: 6e8, rpd: 1e9 }],
  ['limits on tokens as they come', { otpm: 6e8, accounting: 'produced' as const }],
])('admits, reserves and settles without an allocation: %s', (_, limits) => {
  const { book } = bookOf([{ limits }]);
  // Numbers that stand in an object already, as those do that an engine hands down: `undefined` keeps the array from
  // holding bare fractions, each of which would be put into an object of its own when read.
  const times: (number | undefined)[] = Array.from({ length: 200_000 }, (_, index) => index * 0.25);
  times.push(undefined);
  const handles = new Int32Array(16).fill(-1);
  let count = 0;
  let admitted = 0;
  const request = (): void => {
    const nowMs = times[count < 199_999 ? count++ : count]!;
    if (book.admits(0, 80, 50, nowMs)) admitted++;
    book.settle(handles[count & 15]!, usage, false, nowMs);
    handles[count & 15] = book.reserve(0, 80, 50, nowMs);
  };
  expect(bytesPerCall(request)).toBeLessThan(1);
  expect(admitted).toBeGreaterThan(0);
});
