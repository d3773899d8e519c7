import { seededRandom } from '@plimsoll/core';
import { manualClock } from '@plimsoll/testkit';

import { FleetState } from '../../src/fleet.ts';
import { bayesianFailures } from '../../src/health/bayesian-failures.ts';
import { breaker } from '../../src/health/breaker.ts';
import { consecutiveFailures } from '../../src/health/consecutive-failures.ts';
import { failureRate } from '../../src/health/failure-rate.ts';
import { TICK_MS } from '../../src/sweeper.ts';
import { Pool } from '../../src/pool.ts';
import { inOrder } from '../rig.ts';
import { Caller } from './caller.ts';
import { answerTo, FatedProvider } from './fated-provider.ts';
import { type Change, LIMITS, type Making, RETRIES, type Schedule } from './schedule.ts';

const RESET_MS = 400;

const detectors = {
  'in a row': [consecutiveFailures({ failures: 2 })],
  rate: [failureRate({ minAttempts: 4 })],
  bayesian: [bayesianFailures()],
};

/** A breach of what the engine promises. */
export class Breach extends Error {}

function check(isKept: boolean, message: string): asserts isKept {
  if (!isKept) throw new Breach(message);
}

/** What a mutant breaks, before the schedule begins. */
export type Sabotage = (pool: Pool, provider: FatedProvider) => void;

/** Runs a schedule to its end. Throws a `Breach` where a promise is not kept. */
export async function runSchedule(schedule: Schedule, sabotage?: Sabotage): Promise<void> {
  const clock = manualClock();
  const fleet = new FleetState({ clock, random: seededRandom(1) });
  const provider = new FatedProvider(clock, schedule.fates);
  const pool = makePool(schedule.making, fleet, provider);
  sabotage?.(pool, provider);
  const callers = schedule.askings.map(
    (asking, index) => new Caller(asking, index, () => clock.now()),
  );
  provider.onResume = ({ id }, { text }) => {
    const { asking, text: seen } = callers[id]!;
    // Who reads a stream may be behind.
    const isRight = asking.way === 'start' ? seen === text : text.startsWith(seen);
    check(isRight, `${id}: goes on behind ${JSON.stringify(text)}`);
  };

  const { making, askings, changes } = schedule;
  const hedges = making.hedgeAfterMs === undefined ? 0 : making.hedgeRatio;
  let asked = 0;
  const steps = [
    ...askings.flatMap((asking, index) => {
      const caller = callers[index]!;
      const { atMs, leaveMs = Infinity, pauseMs = Infinity, pausedForMs } = asking;
      return [
        [atMs, () => (asked++, caller.ask(pool, provider))],
        [atMs + leaveMs, () => caller.leave()],
        [atMs + pauseMs, () => caller.pause()],
        [atMs + pauseMs + pausedForMs, () => caller.resume()],
      ] as const;
    }),
    ...changes.map((change) => [change.atMs, () => apply(change, pool, provider)] as const),
  ];
  steps.sort(([one], [other]) => one - other);
  for (const [atMs, step] of steps) {
    if (atMs === Infinity) break;
    // What happens at the same time happens in one turn, so that nobody has reacted yet.
    await passTo(atMs);
    step();
  }
  await inspect();
  // Whatever is left has to end by itself.
  await passTo(clock.now() + LIMITS.totalMs + 2 * TICK_MS);
  for (const caller of callers) checkCaller(caller);
  const { succeeded, failed, aborted, requests } = pool.stats();
  check(requests === asked && succeeded + failed + aborted === requests, 'requests are lost');
  const closed = pool.close();
  await inspect();
  await closed;
  check(fleet.waiting.size === 0, 'a queue is left');
  clock.advance(200 * TICK_MS);
  check(clock.timers === 0, `${clock.timers} timers are left`);

  async function passTo(ms: number): Promise<void> {
    while (clock.now() < ms) {
      clock.advance(Math.min(TICK_MS, ms - clock.now()));
      await inspect();
    }
  }

  /** Checks what holds at any moment, once everyone has reacted. */
  async function inspect(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    const inFlight = fleet.hot.inFlight.reduce((sum, count) => sum + count, 0);
    check(
      fleet.hot.inFlight.every((count) => count >= 0),
      'a lease was released twice',
    );
    check(inFlight === provider.running, `${provider.running} run, ${inFlight} leases`);
    const most = 1.2 * asked + RETRIES + hedges * asked;
    check(pool.stats().attempts <= most, `${pool.stats().attempts} attempts for ${asked}`);
  }
}

function checkCaller(caller: Caller): void {
  const { question, asking, text, isServed, failure, hasLeft } = caller;
  const name = `${question.id}, ${asking.way}`;
  const whole = answerTo(question);
  check(caller.endings === 1, `${name}: ${caller.endings} endings`);
  check(caller.heads <= 1, `${name}: begun ${caller.heads} times`);
  if (isServed) check(text === whole, `${name}: served ${JSON.stringify(text)}`);
  else check(whole.startsWith(text), `${name}: cut ${JSON.stringify(text)}`);
  check(isServed || failure !== undefined || hasLeft, `${name}: no ending`);
  if (failure !== undefined && asking.way === 'start') {
    check(failure.isCommitted === caller.heads > 0, `${name}: commit`);
  }
  const { deadlineMs, totalMs } = LIMITS;
  const ownMs = Math.min(asking.isStream ? deadlineMs : totalMs, asking.timeoutMs ?? Infinity);
  const limitMs = caller.heads > 0 ? totalMs : ownMs;
  const tookMs = caller.endedMs! - asking.atMs;
  check(tookMs <= limitMs + 2 * TICK_MS, `${name}: took ${tookMs} ms of ${limitMs} ms`);
}

function makePool(making: Making, fleet: FleetState, provider: FatedProvider): Pool {
  const { hedgeAfterMs, hedgeRatio, probeEveryMs, concurrency } = making;
  return new Pool({
    strategy: inOrder,
    fleet,
    timeouts: LIMITS,
    retry: { budgetInitial: RETRIES, backoffMs: 20, policyFailover: true },
    health: breaker({ trip: detectors[making.detector], resetMs: RESET_MS, maxResetMs: RESET_MS }),
    slowStart: making.slowStart ? { windowMs: 500 } : false,
    panicRatio: making.panicRatio,
    queue: { maxWaitMs: 300, maxLength: making.maxQueue },
    ...(hedgeAfterMs !== undefined && {
      hedge: { afterMs: hedgeAfterMs, budgetRatio: hedgeRatio },
    }),
    ...(making.rescue && { rescue: { holdBack: making.holdBack } }),
    ...(probeEveryMs !== undefined && { probe: { everyMs: probeEveryMs, timeoutMs: 100 } }),
    targets: Array.from({ length: making.targets }, (_, index) => ({
      id: `t${index}`,
      provider,
      model: 'm',
      limits: { concurrency },
      capabilities: { contextWindow: 1000 * (index + 1) },
    })),
  });
}

function apply({ do: what, which }: Change, pool: Pool, provider: FatedProvider): void {
  const ids = pool.stats().targets.map(({ id }) => id);
  const id = ids[which % ids.length];
  if (what === 'add') {
    const name = `new-${which}`;
    if (!ids.includes(name)) pool.add({ id: name, provider, model: 'm' });
  } else if (id !== undefined) {
    if (what === 'drain') void pool.drain(id);
    else if (what === 'enable') pool.enable(id);
    else if (what === 'remove') void pool.remove(id);
    else pool.setWeight(id, which);
  }
}
