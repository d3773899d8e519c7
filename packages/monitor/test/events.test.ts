import { breaker, consecutiveFailures } from '@plimsoll/balancer';
import { expect, it } from 'vitest';

import { rig, serverFault, START_EPOCH_MS, throttled } from './rig.ts';

const health = breaker({ trip: [consecutiveFailures({ failures: 5 })], resetMs: 10_000 });

it('tells what happens to targets in plain words, newest first', () => {
  const { watch, run, behave, pool } = rig(
    [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 1 },
    ],
    { health },
  );
  run(1, 20);
  pool.setWeight('b', 2);
  behave('a', { failure: serverFault });
  run(2, 20);
  behave('a', { firstContentMs: 10 });
  run(12, 20);
  behave('b', { failure: throttled });
  run(2, 20);
  void pool.drain('a');
  pool.enable('a');
  run(1, 20);
  const told = watch.events().toReversed();
  expect(told.map(({ target, kind, text }) => `${target} ${kind}: ${text}`)).toEqual([
    'b weight: weight 1 → 2',
    'a open: breaker opened: 5 × 502 in 1 s',
    'a half_open: is tried out',
    'a closed: passed its probes, slow start for 30 s',
    'b cooling: cools down for 60 s: 429, tokens per minute used up',
    'a draining: drained',
    'a enabled: enabled',
  ]);
  expect(told[0]!.epochMs).toBe(START_EPOCH_MS + 1000);
  expect(told.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it('tells those who listen, at the next look, and then no more', () => {
  const { watch, run, pool } = rig([{ id: 'a' }]);
  const told: string[] = [];
  const stop = watch.onEvent(({ kind }) => told.push(kind));
  void pool.drain('a');
  expect(told).toEqual([]);
  run(1, 0);
  stop();
  pool.enable('a');
  run(1, 0);
  expect(told).toEqual(['draining']);
});

it('notes what the balancer does not know of', () => {
  const { watch } = rig([{ id: 'a' }]);
  watch.note('Config changed: a weight 1 → 2');
  expect(watch.events()).toEqual([
    {
      id: 1,
      epochMs: START_EPOCH_MS,
      target: null,
      kind: 'config',
      text: 'Config changed: a weight 1 → 2',
    },
  ]);
});

it('keeps the last 200', () => {
  const { watch } = rig([{ id: 'a' }]);
  for (let count = 0; count < 250; count++) watch.note(`${count}`);
  expect(watch.events(1000)).toHaveLength(200);
  expect(watch.events(2).map(({ text }) => text)).toEqual(['249', '248']);
});

it('hears nothing after it was stopped', () => {
  const { watch, pool, run } = rig([{ id: 'a' }]);
  watch.stop();
  void pool.drain('a');
  run(1, 0);
  expect(watch.events()).toEqual([]);
});
