import { breaker, consecutiveFailures } from '@plimsoll/balancer';
import { expect, it } from 'vitest';

import { rig, serverFault, throttled } from './rig.ts';

const price = { input: 1, output: 2 };
const kindsOf = (rows: readonly { readonly kind: string }[]): string[] => [
  ...new Set(rows.map(({ kind }) => kind)),
];

it('tells a plain turn, and what came of it', () => {
  const { watch, run } = rig([{ id: 'a', price }]);
  run(2, 1);
  const [last, first] = watch.decisions();
  expect(first).toMatchObject({
    target: 'a',
    kind: 'turn',
    reason: 'next by draws',
    attempts: 1,
    firstContentMs: 100,
    tokensIn: 100,
    tokensOut: 50,
    usd: 0.0002,
    outcome: 'success',
  });
  expect(last!.callId).toBe(first!.callId + 1);
  expect(last!.epochMs).toBe(first!.epochMs + 1000);
});

it('tells one that is under way', () => {
  const { watch, behave, request } = rig([{ id: 'a' }]);
  behave('a', { firstContentMs: 5000 });
  request();
  expect(watch.decisions()[0]).toMatchObject({ outcome: null, firstContentMs: null, usd: null });
});

it('tells a failover, and explains it', () => {
  const { watch, run, behave } = rig([
    { id: 'a', weight: 1 },
    { id: 'b', weight: 0 },
  ]);
  behave('a', { failure: throttled });
  run(1, 1);
  const [row] = watch.decisions();
  expect(row).toMatchObject({
    target: 'b',
    kind: 'failover',
    reason: 'a answered 429 before any content',
    attempts: 2,
    firstContentMs: 101,
    outcome: 'success',
  });
  expect(watch.explained(row!.callId)).toMatchObject({
    sentence:
      'Went to b because a answered 429 before any content. The caller saw one answer, 101 ms to the first token and no error.',
    attemptsMade: [
      {
        target: 'a',
        startMs: 0,
        firstContentMs: null,
        endMs: 1,
        failure: '429, tokens per minute used up, retry in 60 s',
      },
      { target: 'b', startMs: 1, firstContentMs: 101, endMs: 101, failure: null },
    ],
    candidates: [
      { target: 'a', leftOut: null, outcome: 'picked, answered 429' },
      { target: 'b', leftOut: null, outcome: 'picked next, served' },
    ],
    estimateTokens: 100,
    deadlineMs: 60_000,
    requestId: null,
  });
});

it('tells one that failed everywhere', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }]);
  behave('a', {
    failure: { ...serverFault, verdict: 'failover', kind: 'stream', status: undefined },
  });
  behave('b', { failure: { ...serverFault, kind: 'stream', status: undefined } });
  run(1, 1);
  const [row] = watch.decisions();
  expect(row).toMatchObject({ kind: 'failed', attempts: 2, outcome: 'failed' });
  expect(row!.reason).toMatch(/^2 attempts failed, the last on [ab] with answer broke off$/);
  expect(watch.explained(row!.callId)!.sentence).toMatch(/^Not served: 2 attempts failed/);
});

it('tells one that no target could take, once it is refused', async () => {
  const { watch, behave, run, request, pool } = rig([{ id: 'a' }], { queue: { maxWaitMs: 0 } });
  void pool.drain('a');
  request();
  expect(watch.decisions()).toEqual([]);
  await Promise.resolve();
  const [row] = watch.decisions();
  expect(row).toMatchObject({ target: null, kind: 'refused', attempts: 0, outcome: 'failed' });
  expect(watch.explained(row!.callId)!.sentence).toBe('No target could take it: a draining.');
  behave('a', { firstContentMs: 1 });
  run(1, 0);
});

it('tells pins and regions that left targets out', () => {
  const { watch, run } = rig([
    { id: 'a', region: 'eu-west-1' },
    { id: 'b', region: 'us' },
  ]);
  run(1, 1, { pin: 'b' });
  run(1, 1, { residency: ['eu'] });
  const [resident, pinned] = watch.decisions();
  expect(pinned).toMatchObject({ kind: 'pin', reason: 'the caller asked for chat@b' });
  expect(resident).toMatchObject({ kind: 'residency', reason: 'the request allows only eu' });
  expect(watch.explained(resident!.callId)!.candidates[1]).toMatchObject({
    leftOut: 'outside the regions allowed',
  });
});

it('tells a hedge', () => {
  const { watch, run, behave } = rig(
    [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 0 },
    ],
    {
      hedge: { afterMs: 1100, budgetRatio: 1 },
    },
  );
  behave('a', { firstContentMs: 5000 });
  run(3, 0);
  run(1, 1);
  run(2, 0);
  expect(watch.decisions()[0]).toMatchObject({
    kind: 'hedge',
    target: 'b',
    attempts: 2,
    reason: 'a had no first token after 1.10 s',
  });
});

it('tells the first request that a target had no room for', () => {
  const { watch, run } = rig([{ id: 'a', limits: { itpm: 100_000 } }, { id: 'b' }]);
  run(1, 4);
  watch.decisions();
  run(1, 1, { inputTokens: 106_100 });
  run(1, 4);
  const large = watch.decisions().filter(({ kind }) => kind === 'quota');
  expect(large).toMatchObject([
    { target: 'b', reason: 'a had no room in its limits for a request of 106.1k tokens' },
  ]);
});

it('tells the first request that a cooling target was left out of, not all of them', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }]);
  run(1, 4);
  watch.decisions();
  behave('a', { failure: throttled });
  run(3, 10);
  const rows = watch.decisions();
  expect(kindsOf(rows).sort()).toEqual(['failover', 'health', 'turn']);
  expect(rows.filter(({ kind }) => kind === 'health')).toMatchObject([
    { target: 'b', reason: 'a is left out from here on, cooling down' },
  ]);
});

it('tells turns of a target in slow start', () => {
  const health = breaker({ trip: [consecutiveFailures({ failures: 1 })], resetMs: 1000 });
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }], { health });
  behave('a', { failure: serverFault });
  run(2, 10);
  behave('a', { firstContentMs: 10 });
  run(15, 10);
  const slow = watch.decisions(200).filter(({ kind }) => kind === 'slow_start');
  expect(slow.length).toBeGreaterThan(0);
  expect(slow[0]!.reason).toMatch(/^its turn at \d\d% of its weight$/);
});

it('keeps half of the rows for notable calls where turns are many', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }]);
  behave('a', { failure: { ...throttled, retryAfterMs: 500 } });
  run(10, 2);
  behave('a', { firstContentMs: 10 });
  watch.decisions();
  run(1, 200);
  const rows = watch.decisions(10);
  expect(rows).toHaveLength(10);
  expect(rows.filter(({ kind }) => kind !== 'turn').length).toBe(5);
  expect(rows.map(({ epochMs }) => epochMs)).toEqual(
    rows.map(({ epochMs }) => epochMs).toSorted((a, b) => b - a),
  );
});

it('tells how a shown call ended though the balancer has forgotten it', () => {
  const { watch, run, behave } = rig([{ id: 'a', price }], { decisions: 5 });
  behave('a', { firstContentMs: 3000 });
  run(1, 5);
  const shown = watch.decisions();
  expect(shown.map(({ outcome }) => outcome)).toEqual([null, null, null, null, null]);
  run(4, 20);
  const [first] = watch.decisions(200).filter(({ callId }) => callId === shown[0]!.callId);
  expect(first).toMatchObject({ outcome: 'success', firstContentMs: 3000, usd: 0.0002 });
});

it('knows nothing of a call that never was', () => {
  const { watch } = rig([{ id: 'a' }]);
  expect(watch.explained(77)).toBeUndefined();
});
