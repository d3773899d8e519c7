import { type AttemptSink, type Failure, type Request, seededRandom } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import { EventClock } from '../src/event-clock.ts';
import { failures, hang, outage, processorSharing } from '../src/index.ts';
import type { SimulatedRequest } from '../src/request.ts';
import { Server, type ServerOptions } from '../src/server.ts';
import { throttled } from '../src/simulated-failure.ts';
import { Tallies } from '../src/tally.ts';

// The provider contract of core, rule by rule: the engine relies on it.

const service = processorSharing({ tokensPerS: 100, streamTokensPerS: 100 });
const target = {
  id: 'a',
  weight: 1,
  tier: 0,
  tags: [],
  quotaGroup: 'a',
  cacheDomain: 'a',
} as const;

interface Heard {
  readonly clock: EventClock;
  readonly tallies: Tallies;
  readonly log: string[];
  readonly abort: () => void;
}

/** Starts an attempt of 300 tokens on a server with the given options; it has 10 ms to go there. */
function start(options: Partial<ServerOptions> = {}): Heard {
  const clock = new EventClock(0);
  const tallies = new Tallies();
  const context = { clock, tallies, quotas: new Map(), promptCaches: new Map() };
  const all = { service, roundTripMs: 10, baseWork: 0, ...options };
  const server = new Server('a', all, context, seededRandom(1));
  const log: string[] = [];
  const sink: AttemptSink = {
    onConnect: () => log.push(`${clock.now()} connect`),
    onHead: () => log.push(`${clock.now()} head`),
    onChunk: (_chunk, kind) => log.push(`${clock.now()} chunk ${kind}`),
    onEnd: ({ usage }) => log.push(`${clock.now()} end ${usage!.outputTokens}`),
    onError: (failure: Failure) => log.push(`${clock.now()} error ${failure.kind}`),
  };
  const payload: SimulatedRequest = {
    inputTokens: 500,
    outputTokens: 250,
    prefix: undefined,
    isMeasured: true,
    onAttempt: () => true,
  };
  const request: Request<SimulatedRequest> = { payload };
  const control = server.attempt(target, request, sink);
  expect(log).toEqual([]);
  return { clock, tallies, log, abort: () => control.abort() };
}

function runUntil({ clock }: Heard, atMs: number): void {
  const end = clock.at(atMs, () => {});
  while (end.heapIndex !== -1) clock.step();
}

test('an answer comes in order, with a sign of life each second', () => {
  const heard = start();
  runUntil(heard, 10_000);
  // 10 tokens of prompt work, then 250: at 100 per second.
  expect(heard.log).toEqual([
    '10 connect',
    '110 head',
    '110 chunk 2',
    '1000 chunk 2',
    '2000 chunk 2',
    '2610 end 250',
  ]);
});

describe('an error comes alone', () => {
  test.for([
    ['server', { faults: [failures({ afterMs: 20 })] }, ['10 connect', '30 error server']],
    ['network', { faults: [outage()] }, ['10 error network']],
    ['throttle', { quota: { tokensPerMinute: 749 } }, ['10 connect', '30 error throttle']],
  ] as const)('%s', ([, options, log]) => {
    const heard = start(options);
    runUntil(heard, 10_000);
    expect(heard.log).toEqual(log);
  });
});

test('a 429 says when to come back, in whole seconds', () => {
  expect([1, 1000, 1001].map((waitMs) => throttled(waitMs).retryAfterMs)).toEqual([
    1000, 1000, 2000,
  ]);
});

test('a stream that breaks off ends in an error', () => {
  const heard = start({ faults: [outage({ fromS: 0.5 })] });
  runUntil(heard, 10_000);
  expect(heard.log).toEqual(['10 connect', '110 head', '110 chunk 2', '500 error network']);
});

describe('after an abort nothing is heard, and nothing is left behind', () => {
  test.for([
    ['on the way', {}, 5, 0],
    ['before its error', { faults: [failures({ afterMs: 500 })] }, 100, 1],
    ['before the first content', {}, 50, 1],
    ['in the middle', {}, 500, 3],
    ['while the server hangs', { faults: [hang({ fromS: 0.2 })] }, 5000, 3],
    ['twice and after the end', {}, 5000, 6],
  ] as const)('%s', ([, options, atMs, heardBefore]) => {
    const heard = start(options);
    runUntil(heard, atMs);
    heard.abort();
    heard.abort();
    runUntil(heard, 20_000);
    expect(heard.log).toHaveLength(heardBefore);
    expect(heard.tallies.of('a').inFlight).toBe(0);
  });
});
