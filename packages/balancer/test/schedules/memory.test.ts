import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { seededRandom } from '@plimsoll/core';
import { manualClock } from '@plimsoll/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { FleetState } from '../../src/fleet.ts';
import { breaker } from '../../src/health/breaker.ts';
import { Pool } from '../../src/pool.ts';
import { inOrder } from '../rig.ts';
import { Caller } from './caller.ts';
import { FatedProvider } from './fated-provider.ts';
import { anySchedule, LIMITS } from './schedule.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use once everything that can be collected is. */
function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/**
 * What the heap may differ by although nothing is kept (code that is compiled late, buckets of maps that were larger once):
 * up to 400 kB were seen either way. A request and its attempts take more than 500 bytes, so one kept in ten would show.
 */
const NOISE_BYTES = 1_000_000;

it('20,000 requests leave nothing behind', async () => {
  const clock = manualClock();
  const fleet = new FleetState({ clock, random: seededRandom(1) });
  const drawn = fc.sample(anySchedule, { numRuns: 500, seed: 7 });
  // Those that leave targets alone for long would have most requests refused.
  const fates = drawn
    .flatMap((schedule) => schedule.fates)
    .filter(({ end }) => !['auth', 'model_access', 'throttle'].includes(end));
  const askings = drawn.flatMap((schedule) => schedule.askings);
  const provider = new FatedProvider(clock, fates);
  const pool = new Pool({
    strategy: inOrder,
    fleet,
    timeouts: LIMITS,
    health: breaker({ resetMs: 100, maxResetMs: 100 }),
    slowStart: false,
    hedge: { afterMs: 50 },
    rescue: {},
    targets: Array.from({ length: 20 }, (_, index) => ({ id: `t${index}`, provider, model: 'm' })),
  });

  const ask = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const caller = new Caller(askings[index % askings.length]!, index, () => clock.now());
      caller.ask(pool, provider);
      clock.advance(5);
      if (index % 7 === 0) caller.leave();
      // Promises react.
      for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    }
    clock.advance(LIMITS.totalMs + 100);
    await Promise.resolve();
  };
  // By then arrays have their size, the ring of decisions is full, and code is compiled.
  await ask(5000);
  const before = heapBytes();
  await ask(20_000);
  expect(heapBytes() - before).toBeLessThan(NOISE_BYTES);
  expect(provider.begun).toBeGreaterThan(20_000);
  expect(provider.running).toBe(0);
  await pool.close();
});
