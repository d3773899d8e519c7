import { breaker, consecutiveFailures } from '@plimsoll/balancer';
import { expect, it } from 'vitest';

import { noConnection, rig, serverFault, throttled } from './rig.ts';

const health = breaker({ trip: [consecutiveFailures({ failures: 3 })], resetMs: 60_000 });
const six = [
  { id: 'openai-1', weight: 30, from: 'openai' },
  { id: 'openai-2', weight: 20, from: 'openai' },
  { id: 'claude-us', weight: 20, from: 'anthropic' },
  { id: 'claude-eu', weight: 10, from: 'anthropic' },
  { id: 'gemini-us', weight: 15, from: 'google' },
  { id: 'gemini-eu', weight: 5, from: 'google' },
];

it('is idle before the first request', () => {
  const { watch } = rig(six);
  watch.tick();
  const { verdict } = watch.view();
  expect(verdict).toMatchObject({
    served: 'idle',
    usable: 6,
    total: 6,
    loadFactor: 1,
    cause: null,
  });
});

it('says how many times their weight the usable targets carry', () => {
  const { watch, run, behave, pool } = rig(six);
  run(5, 20);
  void pool.drain('claude-eu');
  behave('gemini-us', { failure: throttled });
  run(5, 20);
  const { verdict } = watch.view();
  expect(verdict).toMatchObject({ served: 'all', usable: 4 });
  // 100 of weight is carried by 75.
  expect(verdict.loadFactor).toBeCloseTo(100 / 75, 10);
});

it('counts those that were not served in the last minute', () => {
  const { watch, run, behave } = rig([{ id: 'a' }], { queue: { maxWaitMs: 0 } });
  run(5, 10);
  expect(watch.view().verdict.served).toBe('all');
  behave('a', { failure: { ...serverFault, status: 500 } });
  run(1, 2);
  behave('a', { firstContentMs: 100 });
  run(3, 10);
  const { verdict, figures } = watch.view();
  expect(verdict).toMatchObject({ served: 'some', usable: 1, refusedPerMinute: 0 });
  expect(figures.errors.callerRatio).toBeGreaterThan(0);
  run(70, 10);
  expect(watch.view().verdict.served).toBe('all');
});

it('does not count what no target could have served', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }]);
  const asked = {
    ...serverFault,
    kind: 'bad_request',
    verdict: 'fail',
    status: 400,
    isHealthFailure: false,
  } as const;
  behave('a', { failure: asked });
  run(5, 10);
  expect(watch.view().verdict.served).toBe('all');
  expect(watch.view().figures.errors.callerRatio).toBe(0);
});

it('says that no target is usable, who waits and who was refused', async () => {
  const { watch, run, behave, request } = rig([{ id: 'a' }], {
    queue: { maxWaitMs: 8000, maxLength: 3 },
  });
  behave('a', { failure: { ...throttled, retryAfterMs: 7000 } });
  run(1, 1);
  for (let count = 0; count < 5; count++) request();
  // A refusal is told in a microtask.
  await Promise.resolve();
  run(2, 0);
  const { verdict } = watch.view();
  expect(verdict).toMatchObject({
    served: 'none',
    usable: 0,
    loadFactor: 0,
    waiting: 3,
    maxWaitMs: 8000,
  });
  expect(verdict.oldestWaitMs).toBe(2000);
  expect(verdict.refusedPerMinute).toBe(2);
});

it('sees the network of this machine behind several providers that cannot be reached', () => {
  const { watch, run, behave } = rig(six, { health });
  run(3, 20);
  for (const { id } of six) behave(id, { failure: noConnection });
  run(6, 20);
  const { verdict } = watch.view();
  expect(verdict.served).toBe('none');
  expect(verdict.cause).toMatch(
    /^Three providers failed within \d+ s with refused connections: look at this machine’s network first\.$/,
  );
});

it('sees one provider behind all of its targets', () => {
  const { watch, run, behave } = rig(six, { health });
  behave('openai-1', { failure: serverFault });
  behave('openai-2', { failure: serverFault });
  run(6, 20);
  expect(watch.view().verdict.cause).toMatch(
    /^All 2 targets of openai failed within \d+ s, all with 502: look at that provider’s status first\.$/,
  );
});

it('sees no common cause in one failed target, nor in failures far apart', () => {
  const { watch, run, behave } = rig(six, { health });
  behave('openai-1', { failure: noConnection });
  run(20, 20);
  expect(watch.view().verdict.cause).toBeNull();
  behave('claude-us', { failure: noConnection });
  run(10, 20);
  expect(watch.view().targets[2]!.state).toBe('open');
  expect(watch.view().verdict.cause).toBeNull();
});
