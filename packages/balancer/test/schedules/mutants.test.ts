import type { AttemptControl, AttemptSink } from '@plimsoll/core';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';

import { BalancedCall } from '../../src/call.ts';
import { RetryBudget } from '../../src/retry-budget.ts';
import type { FatedProvider } from './fated-provider.ts';
import { Breach, runSchedule, type Sabotage } from './run-schedule.ts';
import { anySchedule } from './schedule.ts';

afterEach(() => void vi.restoreAllMocks());

/** What a schedule finds of an engine, or of a provider, with a fault planted in it. */
async function breachOf(sabotage?: Sabotage): Promise<unknown> {
  const property = fc.asyncProperty(anySchedule, (schedule) => runSchedule(schedule, sabotage));
  const { errorInstance } = await fc.check(property, {
    numRuns: 1000,
    seed: 20_261_125,
    endOnFailure: true,
  });
  return errorInstance;
}

type Begin = FatedProvider['attempt'];

/** Has the provider's attempts, those that go on with others' included, begun by `change`. */
function wrapped(
  provider: FatedProvider,
  change: (
    sink: AttemptSink<string, string>,
    begin: (sink: AttemptSink<string, string>) => AttemptControl,
  ) => AttemptControl,
): void {
  const attempt = provider.attempt.bind(provider);
  const resume = provider.resume.bind(provider);
  provider.attempt = ((target, request, sink) =>
    change(sink, (own) => attempt(target, request, own))) as Begin;
  provider.resume = ((target, request, transcript, sink) =>
    change(sink, (own) => resume(target, request, transcript, own))) as FatedProvider['resume'];
}

it('a lease that is released twice is noticed', async () => {
  const { onAttemptEnd } = BalancedCall.prototype;
  vi.spyOn(BalancedCall.prototype, 'onAttemptEnd').mockImplementation(function (
    this: BalancedCall,
    attempt,
    end,
  ) {
    onAttemptEnd.call(this, attempt, end);
    this.pool.fleet.hot.inFlight[attempt.member.slot]!--;
  });
  expect(await breachOf()).toEqual(new Breach('a lease was released twice'));
});

it('an abort that does not reach the upstream is noticed', async () => {
  const breach = await breachOf((_pool, provider) =>
    wrapped(provider, (sink, begin) => {
      const control = begin(sink);
      return {
        pause: () => control.pause(),
        resume: () => control.resume(),
        transcript: () => control.transcript?.(),
        abort() {},
      };
    }),
  );
  expect(breach).toEqual(new Breach('1 run, 0 leases'));
});

it('a cut answer that is passed off as a whole one is noticed', async () => {
  const breach = await breachOf((_pool, provider) =>
    wrapped(provider, (sink, begin) =>
      begin({
        wantsTranscript: sink.wantsTranscript,
        onConnect: () => sink.onConnect(),
        onHead: (head) => sink.onHead(head),
        onChunk: (chunk, kind) => sink.onChunk(chunk, kind),
        onEnd: (end) => sink.onEnd(end),
        onError: (failure) => (failure.kind === 'stream' ? sink.onEnd({}) : sink.onError(failure)),
      }),
    ),
  );
  expect(String(breach)).toMatch(/served "/);
});

it('an engine that ends a cut answer as if it were whole is noticed', async () => {
  const { onAttemptFailure } = BalancedCall.prototype;
  vi.spyOn(BalancedCall.prototype, 'onAttemptFailure').mockImplementation(function (
    this: BalancedCall,
    attempt,
    failure,
  ) {
    if (attempt.isCommitted) this.onAttemptEnd(attempt, {});
    else onAttemptFailure.call(this, attempt, failure);
  });
  expect(String(await breachOf())).toMatch(/served "/);
});

it('a rescue that says again what was said is noticed', async () => {
  const breach = await breachOf((_pool, provider) => {
    provider.resume = (target, request, _transcript, sink) =>
      provider.attempt(target, request, sink);
  });
  expect(String(breach)).toMatch(/served "|cut "/);
});

it('an engine that forgets its time limits is noticed', async () => {
  vi.spyOn(BalancedCall.prototype, 'onDue').mockImplementation(() => {});
  expect(String(await breachOf())).toMatch(/endings|took|leases/);
});

it('an engine without a retry budget is noticed', async () => {
  vi.spyOn(RetryBudget.prototype, 'take').mockReturnValue(true);
  expect(String(await breachOf())).toMatch(/attempts for/);
});
