import { leastBusy } from '@plimsoll/strategy-least-busy';
import { random } from '@plimsoll/strategy-random';
import { expect, test } from 'vitest';

import { poisson, simulate } from '../src/index.ts';
import { alike, patient, SERVICE_LENGTHS, SERVICE_MS, SINGLE_SERVER } from './rig.ts';

// The supermarket model: the mean time among many servers when each request joins the shortest of d queues drawn at
// random is the sum of load^((d^i - d) / (d - 1)) over i >= 1.
//
// Source: Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001.
//
// Tolerance: three standard deviations of a run, measured over 8 seeds (their means were within 0.4 % of the formula at
// every row). Most of it is the load that was really offered. The formula is for infinitely many servers; 500 are within
// 0.3 % of it.
test.for([
  { choices: 1, load: 0.7, mean: 3.3333, tolerance: 0.045 },
  { choices: 2, load: 0.7, mean: 1.6145, tolerance: 0.03 },
  { choices: 2, load: 0.9, mean: 2.6141, tolerance: 0.065 },
  { choices: 3, load: 0.7, mean: 1.3568, tolerance: 0.025 },
  { choices: 3, load: 0.9, mean: 2.0279, tolerance: 0.05 },
])('$choices choices at a load of $load take $mean service times', async (one) => {
  const servers = 500;
  const perS = (one.load * servers * 1000) / SERVICE_MS;
  const durationS = 150_000 / perS;
  const report = await simulate({
    durationS,
    // Starting empty flatters; a third is more than ten times what the queues of two choices need to fill.
    warmUpS: durationS / 3,
    arrivals: poisson({ perS }),
    lengths: SERVICE_LENGTHS,
    servers: alike(servers, SINGLE_SERVER),
    balancer: patient(
      one.choices === 1 ? random() : leastBusy({ exactUpTo: 1, choices: one.choices }),
    ),
  });
  const ratio = report.latencyMs.mean / SERVICE_MS / one.mean;
  expect(Math.abs(ratio - 1)).toBeLessThan(one.tolerance);
  expect(theory(one.choices, one.load)).toBeCloseTo(one.mean, 3);
});

function theory(choices: number, load: number): number {
  if (choices === 1) return 1 / (1 - load);
  let sum = 0;
  for (let i = 1; i < 30; i++) sum += load ** ((choices ** i - choices) / (choices - 1));
  return sum;
}
