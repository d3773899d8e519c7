import { roundRobin } from '@plimsoll/strategy-round-robin';
import { expect, test } from 'vitest';

import { delay, type Distribution, poisson, type Report, simulate } from '../src/index.ts';
import { alike, patient } from './rig.ts';

// One answer in a hundred takes a second instead of 10 ms. A second attempt after 50 ms makes a slow answer one in ten
// thousand, for one request more in a hundred.
//
// Source: Dean, Barroso, The Tail at Scale, CACM 56(2), 2013: there a hedge after 10 ms took the 99.9th percentile of a
// read of 1,000 values from 1,800 ms to 74 ms for 2 % more requests.
const rarelySlow: Distribution = {
  mean: 0.99 * 10 + 0.01 * 1000,
  create: (random) => () => (random.float() < 0.01 ? 1000 : 10),
};

test('a hedge on the first content takes the tail away for one per cent of requests', async () => {
  const hedged = await run({ hedge: { afterMs: 50 } });
  const plain = await run({});
  expect(plain.latencyMs.p999).toBeCloseTo(1000, 6);
  expect(plain.attemptsPerRequest).toBe(1);
  // 50 ms, at most one tick of 10 ms late, and the 10 ms of the second attempt.
  expect(hedged.latencyMs.p999).toBeGreaterThan(59.9);
  expect(hedged.latencyMs.p999).toBeLessThan(70.1);
  // 1 % of 45,000, three standard deviations of that count: 0.14 percentage points.
  expect(Math.abs(hedged.attemptsPerRequest - 1.01)).toBeLessThan(0.0014);
});

function run(options: object): Promise<Report> {
  return simulate({
    durationS: 500,
    arrivals: poisson({ perS: 100 }),
    servers: alike(8, { service: delay(rarelySlow), roundTripMs: 0 }),
    balancer: patient(roundRobin(), options),
  });
}
