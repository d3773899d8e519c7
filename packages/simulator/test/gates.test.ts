import { balancer } from '@plimsoll/balancer';
import type { StrategyDefinition } from '@plimsoll/core';
import { latency } from '@plimsoll/strategy-latency';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { describe, expect, test } from 'vitest';

import {
  brownOut,
  hang,
  poisson,
  processorSharing,
  queue,
  type Report,
  simulate,
} from '../src/index.ts';
import { alike, CHAT_WORK, patient, STREAM_TOKENS_PER_S, TOKENS_PER_S } from './rig.ts';

// What `latency` must not cost and must not break, in both models of a server: a strategy that is good in one only is
// tuned to the model.
const MODELS = {
  'processor sharing': processorSharing({
    tokensPerS: TOKENS_PER_S,
    streamTokensPerS: STREAM_TOKENS_PER_S,
  }),
  queue: queue({ places: TOKENS_PER_S / STREAM_TOKENS_PER_S, tokensPerS: STREAM_TOKENS_PER_S }),
};

function perS(load: number): number {
  return (load * 8 * TOKENS_PER_S) / CHAT_WORK;
}

describe.for(Object.entries(MODELS))('%s', ([, service]) => {
  describe('eight equal targets at 90 % load', () => {
    const run = async (strategy: StrategyDefinition): Promise<number> => {
      const { slowdown } = await simulate({
        durationS: 600,
        warmUpS: 60,
        arrivals: poisson({ perS: perS(0.9) }),
        servers: alike(8, { service }),
        balancer: patient(strategy),
      });
      return slowdown.mean;
    };

    // Both get the same 33,000 requests, so their ratio varies by well under 1 % between seeds.
    test('latency slows down no more than 1.1 times as much as least-busy', async () => {
      expect((await run(latency())) / (await run(leastBusy()))).toBeLessThanOrEqual(1.1);
    });

    // An average of completion times takes long answers for a slow target: 1.28 for Peak EWMA where streams share a
    // processor (an independent simulation of the same eight targets), more where they queue.
    test('the gate is not trivial: Peak EWMA misses it', async () => {
      const peakEwma = latency({ mode: 'peak-ewma' });
      expect((await run(peakEwma)) / (await run(leastBusy()))).toBeGreaterThan(1.15);
    });
  });

  // Two minutes at a tenth of the speed. No time limit acts, so only a strategy that measures speed can help.
  describe('one of eight targets browns out at 60 % load', () => {
    test.for([
      { name: 'latency', strategy: latency(), least: 1, most: 1.05 },
      { name: 'least-busy', strategy: leastBusy(), least: 1.08, most: 1.2 },
    ])('$name slows down by $least to $most on the mean', async ({ strategy, least, most }) => {
      const { slowdown } = await simulate({
        durationS: 280,
        warmUpS: 150,
        arrivals: poisson({ perS: perS(0.6) }),
        servers: {
          ...alike(8, { service }),
          t3: { service, faults: [brownOut({ fromS: 150, untilS: 270, speed: 0.1 })] },
        },
        balancer: patient(strategy),
      });
      expect(slowdown.mean).toBeGreaterThanOrEqual(least);
      expect(slowdown.mean).toBeLessThanOrEqual(most);
    });
  });

  describe('one of eight targets hangs for 100 s at 70 % load, default limits', () => {
    const run = (strategy: StrategyDefinition): Promise<Report> =>
      simulate({
        durationS: 400,
        warmUpS: 50,
        arrivals: poisson({ perS: perS(0.7) }),
        servers: {
          ...alike(8, { service }),
          t3: { service, faults: [hang({ fromS: 100, untilS: 200 })] },
        },
        balancer: ({ fleet, targets }) => balancer({ strategy, fleet, targets }),
      });

    // Lost are the streams that had content when it began, some 20 of 17,000: another target cannot take those over.
    test.for([
      { name: 'latency', strategy: latency() },
      { name: 'least-busy', strategy: leastBusy() },
    ])('$name serves 99.8 % or more', async ({ strategy }) => {
      const report = await run(strategy);
      expect(report.successRatio).toBeGreaterThanOrEqual(0.998);
      expect(Object.keys(report.failures)).toEqual(['ERR_PLIMSOLL_STREAM']);
      // Nor does it attract requests that then wait: each is held up for 30 s until the first content.
      expect(report.firstContentMs.p99).toBeLessThan(5000);
    });
  });
});
