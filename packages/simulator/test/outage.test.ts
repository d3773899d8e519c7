import { balancer, breaker } from '@plimsoll/balancer';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { expect, test } from 'vitest';

import { delay, exponential, outage, poisson, simulate } from '../src/index.ts';
import { alike } from './rig.ts';

const FROM_S = 60;
const UNTIL_S = 120;
const OPENS_AFTER = 5;

// One of two targets is gone for a minute, at 50 requests per second. Answers come whole, so that none is cut: those
// under way when it goes are what opens the breaker.
test.for([1, 2, 3])(
  'an outage of a minute costs no caller an answer and few attempts, seed %i',
  async (seed) => {
    const refusedAtMs: number[] = [];
    const changes: string[] = [];
    const server = { service: delay(exponential({ mean: 200 })), roundTripMs: 0 };
    const report = await simulate({
      seed,
      durationS: 240,
      warmUpS: 0,
      arrivals: poisson({ perS: 50 }),
      servers: {
        ...alike(2, server),
        t1: { ...server, faults: [outage({ fromS: FROM_S, untilS: UNTIL_S })] },
      },
      balancer: ({ fleet, targets }) => {
        const pool = balancer({
          strategy: roundRobin(),
          fleet,
          targets,
          health: breaker({ resetMs: 10_000, maxResetMs: 20_000 }),
        });
        pool.on('attemptFailed', ({ failure }) => {
          if (failure.code === 'ECONNREFUSED') refusedAtMs.push(fleet.clock.now());
        });
        pool.on('target', ({ target, change }) => {
          if (target.id === 't1') changes.push(change);
        });
        return pool;
      },
    });

    expect(report.requests).toBeGreaterThan(11_000);
    expect(report.failed).toBe(0);
    const probes = changes.filter((change) => change === 'half_open').length;
    expect(probes).toBeGreaterThanOrEqual(3);
    expect(refusedAtMs.length).toBeLessThanOrEqual(OPENS_AFTER + probes);
    expect(changes.at(-1)).toBe('closed');

    // It comes back by slow start: never more than its half, and in the end just that. A part of the timeline is 4 s,
    // 200 requests; three deviations of half of them are 0.106.
    const shares = report.timeline.map(({ fromS, picks }) => ({
      fromS,
      share: picks[1]! / (picks[0]! + picks[1]!),
    }));
    for (const { share } of shares) expect(share).toBeLessThan(0.5 + 0.106);
    const first = shares.find(({ fromS, share }) => fromS >= UNTIL_S && share > 0)!;
    expect(first.share).toBeLessThan(0.3);
    const late = shares.filter(({ fromS }) => fromS >= 200);
    const lateShare = late.reduce((sum, { share }) => sum + share, 0) / late.length;
    expect(Math.abs(lateShare - 0.5)).toBeLessThan(0.005);
  },
);
