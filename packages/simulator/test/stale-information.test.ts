import type { StrategyDefinition } from '@plimsoll/core';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { random } from '@plimsoll/strategy-random';
import { describe, expect, test } from 'vitest';

import { poisson, simulate } from '../src/index.ts';
import { alike, patient, SERVICE_LENGTHS, SERVICE_MS, SINGLE_SERVER } from './rig.ts';

// One hundred queues at a load of 0.9 under counts that are refreshed every so many service times. All requests between
// two refreshes see the same shortest queues and join them: the herd.
//
// Source: Mitzenmacher, How Useful Is Old Information?, IEEE TPDS 11(1), 2000. The figures are those of an independent
// simulation of his periodic update model.
//
// Tolerance: three standard deviations of a run, measured over 8 seeds.
describe('two choices grow slowly with the age of what they know', () => {
  test.for([
    { age: 0.1, mean: 2.69, tolerance: 0.075 },
    { age: 1, mean: 2.98, tolerance: 0.055 },
    { age: 5, mean: 4, tolerance: 0.06 },
    { age: 10, mean: 5.1, tolerance: 0.05 },
  ])('$age service times old: $mean', async ({ age, mean, tolerance }) => {
    const measured = await meanTime(leastBusy({ exactUpTo: 1 }), age);
    expect(Math.abs(measured / mean - 1)).toBeLessThan(tolerance);
  });
});

describe('the shortest queue, ties by chance, becomes the worst choice', () => {
  test.for([
    { age: 0.1, mean: 1.56, tolerance: 0.075 },
    { age: 1, mean: 3.97, tolerance: 0.105 },
    { age: 5, mean: 11.8, tolerance: 0.145 },
    { age: 10, mean: 22.2, tolerance: 0.175 },
  ])('$age service times old: $mean', async ({ age, mean, tolerance }) => {
    const measured = await meanTime(shortestQueue, age);
    expect(Math.abs(measured / mean - 1)).toBeLessThan(tolerance);
  });
});

test('least-busy herds on counts five service times old, worse than two choices and a random split', async () => {
  const herd = await meanTime(leastBusy({ exactUpTo: 100 }), 5);
  expect(herd).toBeGreaterThan(10);
  expect(herd).toBeGreaterThan(2 * (await meanTime(leastBusy({ exactUpTo: 1 }), 5)));
  expect(herd).toBeGreaterThan(await meanTime(random(), 5));
});

async function meanTime(strategy: StrategyDefinition, age: number): Promise<number> {
  const servers = 100;
  const perS = (0.9 * servers * 1000) / SERVICE_MS;
  const durationS = 90_000 / perS;
  const report = await simulate({
    durationS,
    warmUpS: durationS / 4,
    arrivals: poisson({ perS }),
    lengths: SERVICE_LENGTHS,
    servers: alike(servers, SINGLE_SERVER),
    balancer: (gateway) => {
      const refreshS = (age * SERVICE_MS) / 1000;
      return patient(gateway.globalView(strategy, { refreshS }))(gateway);
    },
  });
  return report.latencyMs.mean / SERVICE_MS;
}

/** The model's own: least-busy takes ties in turn instead, which does better on fresh counts. */
const shortestQueue: StrategyDefinition = {
  name: 'shortest-queue',
  honoursWeights: false,
  expectedShare: 'none',
  create({ random }) {
    let slots: Int32Array = new Int32Array(0);
    return {
      update: (snapshot) => void (slots = snapshot.slots),
      pick(view) {
        let best = -1;
        let ties = 0;
        for (const slot of slots) {
          const load = view.inFlight[slot]!;
          const least = best === -1 ? Infinity : view.inFlight[best]!;
          if (load < least) ties = 0;
          if (load <= least && random.below(++ties) === 0) best = slot;
        }
        return best;
      },
    };
  },
};
