import { ChunkKind, type Failure } from '@plimsoll/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { breaker } from '../../src/health/breaker.ts';
import { consecutiveFailures } from '../../src/health/consecutive-failures.ts';
import { Heard, rig, serverFault } from '../rig.ts';

/** What may happen next: to a request, to an attempt, to the pool, to time. */
const step = fc.oneof(
  fc.record({ do: fc.constant('start'), isStream: fc.boolean() }),
  fc.record({
    do: fc.constantFrom('connect', 'event', 'content', 'end', 'fail', 'throttle', 'reject'),
    which: fc.nat(),
  }),
  fc.record({ do: fc.constantFrom('abort', 'pause', 'resume'), which: fc.nat() }),
  fc.record({ do: fc.constantFrom('drain', 'enable', 'remove', 'add'), which: fc.nat() }),
  fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 40_000 }) }),
);

const FAILURES: Record<string, Failure> = {
  fail: serverFault,
  throttle: {
    kind: 'throttle',
    verdict: 'cooldown',
    scope: 'quota_group',
    retryAfterMs: 3000,
    message: 'status 429',
    isHealthFailure: false,
  },
  reject: { kind: 'bad_request', verdict: 'fail', message: 'status 400', isHealthFailure: false },
};

it('2,000 orders of events break no promise', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, provider, pool, fleet, start, inFlight } = rig(['a', 'b', 'c'], {
        health: breaker({ trip: [consecutiveFailures({ failures: 2 })], resetMs: 5000 }),
      });
      const calls: { heard: Heard; abort(): void; startedAtMs: number; isAborted: boolean }[] = [];
      const running: ReturnType<typeof start>[] = [];
      let names = 0;
      for (const now of steps) {
        if (now.do === 'start' && 'isStream' in now) {
          const started = start({ isStream: now.isStream });
          running.push(started);
          calls.push({
            heard: started.heard,
            abort: () => started.call.abort(),
            startedAtMs: clock.now(),
            isAborted: false,
          });
        } else if ('ms' in now) {
          clock.advance(now.ms);
        } else if ('which' in now) {
          const attempt = provider.attempts[now.which % provider.attempts.length];
          const index = now.which % calls.length;
          const ids = pool.stats().targets.map(({ id }) => id);
          const id = ids[now.which % ids.length];
          switch (now.do) {
            case 'connect':
              attempt?.sink.onConnect();
              break;
            case 'event':
              if (attempt?.isAborted === false) attempt.sink.onChunk('role', ChunkKind.event);
              break;
            case 'content':
              attempt?.sink.onHead('head');
              attempt?.sink.onChunk('text', ChunkKind.content);
              break;
            case 'end':
              attempt?.sink.onEnd({});
              break;
            case 'fail':
            case 'throttle':
            case 'reject':
              attempt?.sink.onError(FAILURES[now.do]!);
              break;
            case 'abort':
              calls[index]?.abort();
              if (calls[index] !== undefined) calls[index].isAborted = true;
              break;
            case 'pause':
              running[index]?.call.pause();
              break;
            case 'resume':
              running[index]?.call.resume();
              break;
            case 'drain':
              if (id !== undefined) void pool.drain(id);
              break;
            case 'enable':
              if (id !== undefined) pool.enable(id);
              break;
            case 'remove':
              if (id !== undefined) void pool.remove(id);
              break;
            case 'add':
              pool.add({ id: `new-${names++}`, provider });
              break;
          }
        }
        const open = provider.attempts.filter(({ isAborted }) => !isAborted).length;
        expect(inFlight()).toBeLessThanOrEqual(open);
        expect(Math.min(0, ...fleet.hot.inFlight)).toBe(0);
        expect(provider.attempts.length).toBeLessThanOrEqual(1.2 * calls.length + 20);
      }
      // Whatever is left has to end by itself: no request outlives its total time.
      clock.advance(600_020);
      await Promise.resolve();
      expect(inFlight()).toBe(0);
      const { succeeded, failed, aborted, requests } = pool.stats();
      expect(succeeded + failed + aborted).toBe(requests);
      for (const { heard, isAborted } of calls) {
        const endings = heard.log.filter((line) => line === 'end' || line.startsWith('ERR_'));
        expect(endings.length).toBe(isAborted && endings.length === 0 ? 0 : 1);
        if (endings.length === 1) expect(heard.log.at(-1)).toBe(endings[0]);
        // A whole answer or an honest error, never a head twice: nothing was replayed.
        expect(heard.log.filter((line) => line === 'head').length).toBeLessThanOrEqual(1);
        if (heard.failure !== undefined) {
          expect(heard.failure.latencyMs).toBeLessThanOrEqual(600_010);
          expect(heard.failure.isCommitted).toBe(heard.log.includes('head'));
        }
      }
    }),
    { numRuns: 2000, seed: 20_261_125 },
  );
});
