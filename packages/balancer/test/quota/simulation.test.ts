import type { QuotaLimits } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';

import { bucket, type Enforcer, fixedWindow, judged, slidingWindow } from './enforcers.ts';
import {
  simulate,
  type SimulationOptions,
  type SimulationResult,
  type Size,
} from './simulation.ts';

// Five keys behind one queue, offered Poisson traffic for ten simulated minutes after a first one in which the windows
// fill. Requests travel 5 ms and up to a jitter longer: the guard is what makes that harmless. Clocks of fixed windows
// are out of phase. What was measured stands beside each bound; the seeds are fixed, so the figures are exact.

const KEYS = 5;
const RPM = 500;
const PHASES_MS = [0, 11_000, 23_000, 37_000, 51_000];

const small = (): Size => ({ input: 100, output: 100, maxOutput: 100 });

interface Case {
  readonly name: string;
  readonly enforcer: (phaseMs: number) => Enforcer;
  readonly limits: QuotaLimits;
  readonly jitterMs: number;
  /** What the provider admits in a minute, of all keys. */
  readonly quota: number;
}

const cases: Case[] = [
  {
    name: 'a fixed window',
    enforcer: (phaseMs) => fixedWindow(RPM, phaseMs),
    limits: { rpm: RPM },
    jitterMs: 250,
    quota: KEYS * RPM,
  },
  {
    name: 'a sliding window',
    enforcer: () => slidingWindow(RPM),
    limits: { rpm: RPM },
    jitterMs: 250,
    quota: KEYS * RPM,
  },
  {
    name: 'a bucket of a minute',
    enforcer: () => bucket(RPM, RPM),
    limits: { rpm: RPM },
    jitterMs: 250,
    quota: KEYS * RPM,
  },
  {
    name: 'a bucket of a second',
    enforcer: () => bucket(RPM, RPM / 60),
    limits: { rpm: RPM },
    jitterMs: 100,
    quota: KEYS * RPM,
  },
  {
    name: 'slices of a second',
    enforcer: (phaseMs) => judged(RPM, phaseMs, 1000),
    limits: { rpm: RPM, judgingMs: 1000 },
    jitterMs: 15,
    // 8 of 8.3 in each second.
    quota: KEYS * 480,
  },
  {
    name: 'slices of 10 seconds',
    enforcer: (phaseMs) => judged(RPM, phaseMs, 10_000),
    limits: { rpm: RPM, judgingMs: 10_000 },
    jitterMs: 150,
    // 83 of 83.3 in each ten seconds.
    quota: KEYS * 498,
  },
];

const run = (one: Case, load: number, rest: Partial<SimulationOptions> = {}): SimulationResult =>
  simulate({
    seed: 1,
    limits: one.limits,
    enforcers: PHASES_MS.map(one.enforcer),
    dimension: 'requests',
    perMinute: load * KEYS * RPM,
    minutes: 11,
    warmUpMinutes: 1,
    jitterMs: one.jitterMs,
    maxWaitMs: 10_000,
    size: small,
    hasFacts: true,
    ...rest,
  });

describe.each(cases)('five keys of 500 a minute, enforced by $name', (one) => {
  it('are never refused at 95 %, and serve all that is offered', () => {
    const { throttled, served, offered } = run(one, 0.95);
    expect(throttled).toBe(0);
    // 1 in each case; what waited at the end of the first minute is served in the second.
    expect(served / offered).toBeGreaterThan(0.99);
  });

  it('are never refused at 120 %, and use 98 % of what the provider admits', () => {
    const { throttled, accepted } = run(one, 1.2);
    expect(throttled).toBe(0);
    // 0.993 by minutes and buckets, 0.985 by slices.
    expect(accepted / (10 * one.quota)).toBeGreaterThan(0.98);
  });
});

// Prompts of 1,818 tokens on average and up to 16,000, answers of 191 and up to 512: both log-normal, so that a single
// request may be 8 % of a key's limit.
const TPM = 200_000;

const heavy = (random: () => number): Size => {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const input = Math.min(16_000, Math.ceil(1020 * Math.exp(1.1 * normal())));
  const output = Math.min(512, Math.ceil(129 * Math.exp(1.2 * normal())));
  return { input, output, maxOutput: 512 };
};

const enforcers: [string, (phaseMs: number) => Enforcer][] = [
  ['a fixed window', (phaseMs) => fixedWindow(TPM, phaseMs)],
  ['a sliding window', () => slidingWindow(TPM)],
  ['a bucket of 12 seconds', () => bucket(TPM, TPM / 5)],
];

/** Tokens of a request as the provider counts them, on average. */
const MEAN_TOKENS = { actual: 1818 + 191, produced: 1818 + 191, reserved: 1818 + 512 };

describe.each(enforcers)('five keys of 200,000 tokens a minute, enforced by %s', (_, enforcer) => {
  const tokens = (counts: keyof typeof MEAN_TOKENS, load: number): SimulationResult =>
    simulate({
      seed: 2,
      limits: { tpm: TPM, accounting: counts },
      enforcers: PHASES_MS.map(enforcer),
      dimension: 'tokens',
      counts,
      perMinute: (load * KEYS * TPM) / MEAN_TOKENS[counts],
      minutes: 11,
      warmUpMinutes: 1,
      jitterMs: 250,
      maxWaitMs: 10_000,
      perTokenMs: 10,
      size: heavy,
      hasFacts: true,
    });

  it.each([
    // What is held for answers under way counts as used, as it does with the provider.
    ['actual', 0.98],
    ['reserved', 0.98],
    // The provider does not count what answers under way will have: 2 % of the limit at two seconds each.
    ['produced', 0.965],
  ] as const)('are never refused where it counts what is %s', (counts, usedRatio) => {
    const even = tokens(counts, 0.95);
    expect(even.throttled).toBe(0);
    expect(even.served / even.offered).toBeGreaterThan(0.98);
    const more = tokens(counts, 1.2);
    expect(more.throttled).toBe(0);
    expect(more.accepted / (10 * KEYS * TPM)).toBeGreaterThan(usedRatio);
  });
});

it('are refused without the guard: the simulation can tell', () => {
  const limits = { rpm: RPM, guardMs: 0 };
  expect(run({ ...cases[1]!, limits }, 1.2).throttled).toBeGreaterThan(10);
});
