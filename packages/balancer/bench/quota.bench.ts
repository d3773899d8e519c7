import type { QuotaLimits, Target } from '@plimsoll/core';

import { QuotaBook } from '../src/quota/quota-book.ts';

const ROUNDS = 400;
const CALLS = 5_000;
const usage = { inputTokens: 800, outputTokens: 120 };

// In an array, since a number in a variable of the module would be allocated anew at each change.
const now = new Float64Array(1);
const clock = {
  now: (): number => now[0]!,
  epochMs: (): number => 1_767_225_600_000 + now[0]!,
  every: (): { cancel(): void } => ({ cancel() {} }),
};

function bookOf(targets: number, limits: QuotaLimits | undefined): QuotaBook {
  const book = new QuotaBook(clock);
  for (let slot = 0; slot < targets; slot++) {
    const id = `t${slot}`;
    const target: Target = {
      id,
      weight: 1,
      tier: 0,
      tags: [],
      quotaGroup: id,
      cacheDomain: id,
      limits,
    };
    book.assign(slot, target, now[0]!);
  }
  return book;
}

/** Nanoseconds per call, the best of several rounds: others that use the machine only add to it. */
function time(call: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    for (let count = 0; count < CALLS; count++) call();
    return ((performance.now() - begin) * 1e6) / CALLS;
  });
  return Math.min(...rounds);
}

const kinds: [string, QuotaLimits | undefined][] = [
  ['no limits', undefined],
  ['rpm', { rpm: 6e6 }],
  ['rpm, tpm', { rpm: 6e6, tpm: 6e9 }],
  ['rpm, tpm, rpd', { rpm: 6e6, tpm: 6e9, rpd: 1e12 }],
];

console.log('targets  limits           admits    reserve + settle, 16 under way');
for (const targets of [8, 1000]) {
  for (const [name, limits] of kinds) {
    const book = bookOf(targets, limits);
    let slot = 0;
    const handles = new Int32Array(16).fill(-1);
    let place = 0;
    const pair = (): void => {
      const nowMs = (now[0]! += 0.01);
      slot = slot + 1 === targets ? 0 : slot + 1;
      place = (place + 1) & 15;
      book.settle(handles[place]!, usage, false, nowMs);
      handles[place] = book.reserve(slot, 800, 512, nowMs);
    };
    const admits = (): void => {
      slot = slot + 1 === targets ? 0 : slot + 1;
      if (!book.admits(slot, 800, 512, now[0]!))
        throw new Error('the limits are meant to be large');
    };
    const both = time(pair);
    console.log(
      `${String(targets).padStart(7)}  ${name.padEnd(14)} ${time(admits).toFixed(1).padStart(6)} ns` +
        `  ${both.toFixed(0).padStart(6)} ns`,
    );
  }
}
