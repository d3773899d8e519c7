import { describe, expect, it } from 'vitest';

import { durationMs, durationPattern } from '../src/duration.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    [250, 250],
  ])('%s is %d ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', 's', '5', '5 s', '-5s', '1d', '1e3s', '.5s', '0ms', '0.0h'])('is not %j', (text) => {
    expect(durationPattern.test(text)).toBe(false);
  });
});
