import type { BalancerOptions } from '@plimsoll/balancer';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { expect, test } from 'vitest';

import {
  delay,
  type Distribution,
  logNormal,
  poisson,
  type Report,
  simulate,
} from '../src/index.ts';
import { alike, patient } from './rig.ts';

// Times to first content are log-normal with sigma 0.5. One of four targets takes ten times as long for 8 % of its
// requests, so 2 % of all do: the 99th percentile is theirs.
const usual = logNormal({ median: 400, sigma: 0.5 });
const oftenSlow: Distribution = {
  mean: usual.mean * (0.92 + 0.08 * 10),
  create: (random) => {
    const draw = usual.create(random);
    return () => draw() * (random.float() < 0.08 ? 10 : 1);
  },
};

test.for([1, 2, 3])(
  'hedging after the 95th percentile cuts the 99th by half for at most 5 % more, seed %i',
  async (seed) => {
    const plain = await run(seed, {});
    const hedged = await run(seed, { hedge: { afterQuantile: 0.95, budgetRatio: 0.05 } });
    // Off by default.
    expect(plain.attemptsPerRequest).toBe(1);
    expect(hedged.firstContentMs.p99).toBeLessThan(plain.firstContentMs.p99 / 2);
    expect(hedged.attemptsPerRequest).toBeGreaterThan(1);
    expect(hedged.attemptsPerRequest).toBeLessThanOrEqual(1.05);
    expect(hedged.failed).toBe(0);
  },
);

function run(seed: number, options: Partial<BalancerOptions>): Promise<Report> {
  const server = { service: delay(usual), roundTripMs: 0 };
  return simulate({
    seed,
    durationS: 400,
    // The budget holds from the first request on.
    warmUpS: 0,
    arrivals: poisson({ perS: 50 }),
    servers: { ...alike(4, server), t3: { ...server, service: delay(oftenSlow) } },
    balancer: patient(roundRobin(), options),
  });
}
