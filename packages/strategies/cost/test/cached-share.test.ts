import { expect, test } from 'vitest';

import { CachedShare } from '../src/cached-share.ts';

const minuteMs = 60_000;

test('nothing is taken to be cached before anything was seen', () => {
  expect(new CachedShare().at(5)).toBe(0);
});

test('the share is that of the tokens seen, against 10,000 that were not cached', () => {
  const share = new CachedShare();
  share.observe({ inputTokens: 30_000, outputTokens: 1, cachedInputTokens: 20_000 }, 0);
  share.observe({ inputTokens: 10_000, outputTokens: 1 }, 0);
  expect(share.at(0)).toBe(0.4);
});

test('what was seen counts half after ten minutes and next to nothing after two hours', () => {
  const share = new CachedShare();
  share.observe({ inputTokens: 90_000, outputTokens: 1, cachedInputTokens: 90_000 }, 0);
  expect(share.at(0)).toBe(0.9);
  expect(share.at(10 * minuteMs)).toBeCloseTo(45 / 55, 12);
  expect(share.at(120 * minuteMs)).toBeLessThan(0.01);
});

test('newer answers outweigh older ones', () => {
  const share = new CachedShare();
  share.observe({ inputTokens: 80_000, outputTokens: 1, cachedInputTokens: 80_000 }, 0);
  share.observe({ inputTokens: 80_000, outputTokens: 1 }, 20 * minuteMs);
  // 20,000 cached of 20,000 + 80,000 + 10,000.
  expect(share.at(20 * minuteMs)).toBeCloseTo(20 / 110, 12);
});
