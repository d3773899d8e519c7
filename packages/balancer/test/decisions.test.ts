import type { StrategyDefinition } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { inOrder, rig } from './rig.ts';

const price = { input: 1, output: 2 };

it('keeps what came of an attempt: times, tokens and cost', () => {
  const { pool, provider, start, clock } = rig([{ id: 'a', price }]);
  start({ isStream: true, inputTokens: 90 });
  clock.advance(120);
  provider.last.content();
  expect(pool.decisions()[0]).toMatchObject({ firstContentMs: 120, durationMs: undefined });
  clock.advance(300);
  provider.last.sink.onEnd({ usage: { inputTokens: 100, outputTokens: 50 } });
  expect(pool.decisions()[0]).toMatchObject({
    number: 0,
    attempt: 1,
    cause: 'first',
    sinceStartMs: 0,
    request: { inputTokens: 90, pin: undefined, residency: undefined, deadlineMs: 60_000 },
    outcome: 'success',
    firstContentMs: 120,
    durationMs: 420,
    inputTokens: 100,
    outputTokens: 50,
    costUsd: 0.0002,
  });
});

it('tells a retry, and what the failure before it was', () => {
  const { pool, provider, start, clock } = rig(['a', 'b']);
  start();
  clock.advance(70);
  provider.last.fail({ status: 502, message: 'said the provider' });
  const [second, first] = pool.decisions();
  expect(first).toMatchObject({
    cause: 'first',
    durationMs: 70,
    failure: 'said the provider',
    failureFacts: { kind: 'server', status: 502 },
    inputTokens: undefined,
    costUsd: undefined,
  });
  expect(first!.failureFacts).not.toHaveProperty('message');
  expect(second).toMatchObject({ cause: 'retry', attempt: 2, sinceStartMs: 70 });
});

it('tells a hedge', () => {
  const { pool, start, clock } = rig(['a', 'b'], { hedge: { afterMs: 200, budgetRatio: 1 } });
  start({ isStream: true });
  clock.advance(210);
  expect(pool.decisions()[0]).toMatchObject({ cause: 'hedge', target: 'b', sinceStartMs: 200 });
});

it('tells what the request demanded', () => {
  const { pool, start } = rig([{ id: 'a', region: 'eu-west-1' }, 'b']);
  start({ pin: 'b' });
  start({ residency: ['eu'], timeoutMs: 500 });
  const [resident, pinned] = pool.decisions();
  expect(resident!.request).toMatchObject({ residency: ['eu'], deadlineMs: 500 });
  expect(pinned!.request).toMatchObject({ pin: 'b' });
});

it('tells whether a request went to the home of its key', () => {
  const away: StrategyDefinition = {
    ...inOrder,
    create: () => ({
      update() {},
      pick(view) {
        view.noteAffinity?.(false);
        return 0;
      },
    }),
  };
  const { pool, start } = rig(['a'], { strategy: away });
  start();
  expect(pool.decisions()[0]!.request.isAtHome).toBe(false);
  expect(pool.explain({}).request.isAtHome).toBe(false);
});

it('forgets the oldest, and what comes of them afterwards', () => {
  const { pool, provider, start } = rig(['a'], { decisions: 2 });
  for (let count = 0; count < 3; count++) start();
  provider.attempts[0]!.answer();
  const kept = pool.decisions();
  expect(kept.map(({ number, outcome }) => [number, outcome])).toEqual([
    [2, undefined],
    [1, undefined],
  ]);
});

it('tells what of the time to the first content was the target that served', () => {
  const { provider, start, clock } = rig(['a', 'b']);
  const { heard } = start({ isStream: true });
  clock.advance(300);
  provider.last.fail();
  clock.advance(120);
  provider.last.answer();
  expect(heard.result).toMatchObject({ firstContentMs: 420, attemptFirstContentMs: 120 });
});
