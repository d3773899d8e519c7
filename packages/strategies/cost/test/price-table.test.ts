import type { Usage } from '@plimsoll/core';
import { expect, test } from 'vitest';

import { PriceTable } from '../src/price-table.ts';

const minuteMs = 60_000;

/** Of one price: 1 dollar for a million input tokens, nothing where they are cached. */
function table(): PriceTable {
  return new PriceTable([{ input: 1, output: 0, cachedInput: 0 }], { input: 1, output: 1 });
}

/** The share that is taken to be cached. */
function share(prices: PriceTable, nowMs: number): number {
  prices.estimate({ inputTokens: 1e6 }, nowMs);
  return 1 - prices.usd[0]!;
}

function usage(inputTokens: number, cachedInputTokens?: number): Usage {
  return { inputTokens, outputTokens: 1, cachedInputTokens };
}

test('nothing is taken to be cached before anything was seen', () => {
  expect(share(table(), 5)).toBe(0);
});

test('the share is that of the tokens seen, against 10,000 that were not cached', () => {
  const prices = table();
  prices.observe(0, usage(30_000, 20_000), 0);
  prices.observe(0, usage(10_000), 0);
  expect(share(prices, 0)).toBe(0.4);
});

test('what was seen counts half after ten minutes and next to nothing after two hours', () => {
  const prices = table();
  prices.observe(0, usage(90_000, 90_000), 0);
  expect(share(prices, 0)).toBe(0.9);
  expect(share(prices, 10 * minuteMs)).toBeCloseTo(45 / 55, 12);
  expect(share(prices, 120 * minuteMs)).toBeLessThan(0.01);
});

test('newer answers outweigh older ones', () => {
  const prices = table();
  prices.observe(0, usage(80_000, 80_000), 0);
  prices.observe(0, usage(80_000), 20 * minuteMs);
  // 20,000 cached of 20,000 + 80,000 + 10,000.
  expect(share(prices, 20 * minuteMs)).toBeCloseTo(20 / 110, 12);
});

test('without a price a request costs Infinity, even one without tokens', () => {
  const prices = new PriceTable([undefined, { input: 0, output: 0 }], { input: 0, output: 0 });
  prices.estimate({ inputTokens: 0 }, 0);
  expect([...prices.usd]).toEqual([Infinity, 0]);
});
