import type { StrategyDefinition } from '@plimsoll/core';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { random } from '@plimsoll/strategy-random';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { describe, expect, test } from 'vitest';

import { poisson, simulate } from '../src/index.ts';
import { alike, patient, SERVICE_LENGTHS, SERVICE_MS, SINGLE_SERVER } from './rig.ts';

// Eight servers with a queue each, Poisson arrivals, exponential service of mean 1: what a strategy is worth when all it
// can do is to avoid queues. Time in the system, in service times.
//
// Sources: a random split makes eight M/M/1 queues, turns make eight E8/M/1 queues (Kleinrock, Queueing Systems I, 1975,
// chapters 3 and 6); both are exact. For the shortest queue and for two choices there is no closed form with eight servers:
// the figures are those of an independent simulation, which put them between the exact ones and M/M/8.
//
// Tolerance: three standard deviations of the run, as measured over 8 seeds at half the requests and divided by the root
// of two. They are wide for a random split at 0.9, whose queues take hundreds of service times to change.
const SERVERS = 8;

interface Case {
  readonly name: string;
  readonly strategy: StrategyDefinition;
  readonly load: number;
  readonly mean: number;
  readonly meanTolerance: number;
  readonly p99: number;
  readonly p99Tolerance: number;
}

const shortest = leastBusy();
const twoChoices = leastBusy({ exactUpTo: 1 });

const CASES: readonly Case[] = [
  of('random', random(), 0.7, mm1(0.7), 0.17, 1.5),
  of('random', random(), 0.9, mm1(0.9), 1.8, 16),
  of('round-robin', roundRobin(), 0.7, erlangArrivals(0.7), 0.11, 0.9),
  of('round-robin', roundRobin(), 0.9, erlangArrivals(0.9), 0.8, 8),
  of('two choices', twoChoices, 0.7, { mean: 1.7, p99: 6.9 }, 0.06, 0.3),
  of('two choices', twoChoices, 0.9, { mean: 3.1, p99: 11.1 }, 0.32, 1.4),
  of('shortest queue', shortest, 0.7, { mean: 1.22, p99: 5.5 }, 0.03, 0.2),
  of('shortest queue', shortest, 0.9, { mean: 2.1, p99: 8.6 }, 0.26, 1.5),
];

describe('eight queues', () => {
  test.for(CASES)('$name at a load of $load', async (one) => {
    const { load, strategy } = one;
    const perS = (load * SERVERS * 1000) / SERVICE_MS;
    const report = await simulate({
      durationS: 120_000 / perS,
      arrivals: poisson({ perS }),
      lengths: SERVICE_LENGTHS,
      servers: alike(SERVERS, SINGLE_SERVER),
      balancer: patient(strategy),
    });
    expect(Math.abs(report.latencyMs.mean / SERVICE_MS - one.mean)).toBeLessThan(one.meanTolerance);
    expect(Math.abs(report.latencyMs.p99 / SERVICE_MS - one.p99)).toBeLessThan(one.p99Tolerance);
    // One queue for all servers cannot be beaten: M/M/8 takes 1.1128 service times at 0.7 and 1.8769 at 0.9 (Erlang C).
    const best = load === 0.7 ? 1.1128 : 1.8769;
    expect(report.latencyMs.mean / SERVICE_MS).toBeGreaterThan(best);
  });
});

test('turns and a random split agree with the published figures', () => {
  expect(mm1(0.9).mean).toBeCloseTo(10);
  expect(mm1(0.9).p99).toBeCloseTo(46.05, 2);
  expect(erlangArrivals(0.7).mean).toBeCloseTo(2.05, 1);
  expect(erlangArrivals(0.9).mean).toBeCloseTo(5.74, 1);
});

function of(
  name: string,
  strategy: StrategyDefinition,
  load: number,
  { mean, p99 }: { mean: number; p99: number },
  meanTolerance: number,
  p99Tolerance: number,
): Case {
  return { name, strategy, load, mean, meanTolerance, p99, p99Tolerance };
}

/** Time in an M/M/1 queue: exponential with mean 1 / (1 - load). */
function mm1(load: number): { mean: number; p99: number } {
  return exponentialTime(1 / (1 - load));
}

/**
 * Time in a queue whose arrivals are every eighth of a Poisson process: GI/M/1, so exponential with mean 1 / (1 - s) for
 * the root s < 1 of s = A(1 - s), A being the Laplace transform of the gaps.
 */
function erlangArrivals(load: number): { mean: number; p99: number } {
  const rate = SERVERS * load;
  let root = 0;
  for (let step = 0; step < 10_000; step++) root = (rate / (rate + 1 - root)) ** SERVERS;
  return exponentialTime(1 / (1 - root));
}

function exponentialTime(mean: number): { mean: number; p99: number } {
  return { mean, p99: mean * Math.log(100) };
}
