import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { admit, Quota } from '../src/quota.ts';

const MINUTE_MS = 60_000;

describe('a bucket', () => {
  test('is full at the start, and refills all the time', () => {
    const quota = new Quota({ tokensPerMinute: 600 });
    expect(admit([quota], 600, 0)).toBe(0);
    // 10 tokens come each second.
    expect(admit([quota], 25, 0)).toBe(2500);
    expect(admit([quota], 25, 2499)).toBeGreaterThan(0);
    expect(admit([quota], 25, 2500)).toBe(0);
  });

  test('holds a minute of its limit, however long nobody asked', () => {
    const quota = new Quota({ requestsPerMinute: 3 });
    const admitted = [1, 2, 3, 4].map(() => admit([quota], 1, 10 * MINUTE_MS) === 0);
    expect(admitted).toEqual([true, true, true, false]);
  });
});

describe('a window', () => {
  test('is full again at the start of each minute', () => {
    const quota = new Quota({ requestsPerMinute: 2, counting: 'window' });
    expect([admit([quota], 1, 50_000), admit([quota], 1, 50_000)]).toEqual([0, 0]);
    expect(admit([quota], 1, 50_000)).toBe(10_000);
    expect([admit([quota], 1, 60_000), admit([quota], 1, 60_000)]).toEqual([0, 0]);
    expect(admit([quota], 1, 60_000)).toBe(MINUTE_MS);
  });
});

test('requests and tokens count both, and what is refused is not charged', () => {
  const quota = new Quota({ requestsPerMinute: 2, tokensPerMinute: 100, counting: 'window' });
  expect(admit([quota], 90, 0)).toBe(0);
  expect(admit([quota], 20, 0)).toBe(MINUTE_MS);
  expect(admit([quota], 10, 0)).toBe(0);
  expect(admit([quota], 0, 0)).toBe(MINUTE_MS);
});

test('of several quotas all are charged or none', () => {
  const roomy = new Quota({ tokensPerMinute: 100, counting: 'window' });
  const tight = new Quota({ requestsPerMinute: 1, counting: 'window' });
  expect(admit([roomy, tight], 60, 0)).toBe(0);
  expect(admit([roomy, tight], 40, 10_000)).toBe(50_000);
  expect(admit([roomy], 40, 10_000)).toBe(0);
});

test('what is larger than the limit never fits', () => {
  expect(admit([new Quota({ tokensPerMinute: 100 })], 101, 0)).toBe(Infinity);
  expect(admit([new Quota({ tokensPerMinute: 100, counting: 'window' })], 101, 0)).toBe(Infinity);
});

test('in any span a bucket admits its limit for the span and one minute of it at once, at most', () => {
  const attempts = fc.array(
    fc.record({ gapMs: fc.nat(20_000), tokens: fc.integer({ min: 1, max: 400 }) }),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(attempts, (list) => {
      const quota = new Quota({ tokensPerMinute: 600 });
      const admitted: { atMs: number; tokens: number }[] = [];
      let nowMs = 0;
      for (const { gapMs, tokens } of list) {
        nowMs += gapMs;
        if (admit([quota], tokens, nowMs) === 0) admitted.push({ atMs: nowMs, tokens });
      }
      for (let first = 0; first < admitted.length; first++) {
        let sum = 0;
        for (const { atMs, tokens } of admitted.slice(first)) {
          sum += tokens;
          const spanMs = atMs - admitted[first]!.atMs;
          expect(sum).toBeLessThanOrEqual(600 + (spanMs / MINUTE_MS) * 600 + 1e-6);
        }
      }
    }),
  );
});
