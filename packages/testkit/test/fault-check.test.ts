import { describe, expect, it } from 'vitest';

import type { UpstreamRequest } from '../src/openai-upstream/exchange.ts';
import type { OpenAIUpstream } from '../src/openai-upstream/upstream.ts';
import { differences } from '../src/faults/check.ts';
import type { FaultExpectation } from '../src/faults/row.ts';
import type { FaultAnswer, FaultError, FaultTargetStats } from '../src/faults/subject.ts';

const text = 'one two three';

const good: FaultAnswer = {
  text,
  finishReason: 'stop',
  outputTokens: 3,
  model: 'gpt-test',
  attempts: 1,
  error: undefined,
};
const told: FaultError = {
  isInStream: false,
  message: 'it is down',
  status: 503,
  code: 'upstream_failed',
  kind: 'server',
  retryAfterMs: 2000,
  shouldRetry: 'false',
};
const failed: FaultAnswer = { ...good, text: '', finishReason: undefined, error: told };
const cut: FaultAnswer = { ...failed, text: 'one tw', error: { ...told, isInStream: true } };

interface Scene {
  readonly answers?: readonly FaultAnswer[];
  readonly tookMs?: number;
  readonly inFlight?: number;
  readonly target?: Partial<FaultTargetStats>;
  readonly changes?: readonly string[];
  /** When requests reached the faulty upstream; each is answered at once. */
  readonly requestsAtMs?: readonly number[];
  readonly abortedMs?: number;
}

/** What differs in a scene where one target served or failed everything. */
function found(expected: FaultExpectation, scene: Scene): string[] {
  const { answers = [good], tookMs = 10, inFlight = 0, requestsAtMs = [0], abortedMs } = scene;
  const whole = answers.filter(({ error }) => error === undefined).length;
  const asked = answers.map((answer, index) => ({ startedMs: index * 100, tookMs, answer }));
  const stats = { id: 'faulty', attempts: answers.length, served: whole, failures: 0, picks: 0 };
  const requests = requestsAtMs.map(
    (startedMs) => ({ startedMs, endedMs: startedMs, abortedMs }) as UpstreamRequest,
  );
  return differences(expected, {
    asked,
    pool: {
      inFlight,
      targets: [{ ...stats, ...scene.target }],
      changes: (scene.changes ?? []).map((change) => ({ target: 'faulty', change })),
      ask: () => Promise.resolve(good),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    upstreams: [{ requests } as unknown as OpenAIUpstream],
    beganMs: 0,
    abortMs: 500,
    text,
  });
}

const ok = { outcome: 'ok' } as const;
const error = { outcome: 'error' } as const;
const broken = { outcome: 'broken' } as const;

describe('nothing differs', () => {
  it.each<[string, FaultExpectation, Scene]>([
    ['in whole answers', ok, {}],
    ['in errors', error, { answers: [failed] }],
    ['in a cut answer beside a whole one', broken, { answers: [cut, good] }],
    ['where callers left', { outcome: 'left' }, { answers: [failed], abortedMs: 400 }],
  ])('%s', (_, expected, scene) => {
    expect(found(expected, scene)).toEqual([]);
  });
});

describe('what differs is told', () => {
  it.each<[string, FaultExpectation, Scene]>([
    ['an answer says "one"', ok, { answers: [{ ...good, text: 'one' }] }],
    ['an answer says "one two threeone"', ok, { answers: [{ ...good, text: `${text}one` }] }],
    ['an answer ends with length', ok, { answers: [{ ...good, finishReason: 'length' }] }],
    ['an answer names the model other', ok, { answers: [{ ...good, model: 'other' }] }],
    ['an answer has no usage', ok, { answers: [{ ...good, outputTokens: undefined }] }],
    ['a request failed: it is down', ok, { answers: [failed] }],
    ['an error came in a stream', error, { answers: [cut] }],
    ['1 requests were answered', error, { answers: [failed, good] }],
    ['no answer broke off', broken, { answers: [failed] }],
    [
      'a cut answer has finish_reason stop',
      broken,
      { answers: [{ ...cut, finishReason: 'stop' }] },
    ],
    ['a cut answer says "two"', broken, { answers: [{ ...cut, text: 'two' }] }],
    ['status 503, not 429', { ...error, status: [429] }, { answers: [failed] }],
    ['code upstream_failed, not x', { ...error, code: 'x' }, { answers: [failed] }],
    ['kind server, not auth', { ...error, kind: 'auth' }, { answers: [failed] }],
    ['says "it is down"', { ...error, says: 'why' }, { answers: [failed] }],
    ['says "it is down"', { ...error, neverSays: 'down' }, { answers: [failed] }],
    ['names a wait of 2000 ms', { ...error, retryAfterMs: [0, 1000] }, { answers: [failed] }],
    [
      'x-should-retry: true',
      error,
      { answers: [{ ...failed, error: { ...told, shouldRetry: 'true' } }] },
    ],
    ['the slowest caller waited 900 ms', { ...ok, withinMs: 500 }, { tookMs: 900 }],
    ['the slowest caller waited 100 ms', { ...ok, atLeastMs: 500 }, { tookMs: 100 }],
    [
      '3 attempts for one request',
      { ...ok, attemptsEach: 2 },
      { answers: [{ ...good, attempts: 3 }] },
    ],
    ['2 attempts on the faulty target', { ...ok, faultyAttempts: 1 }, { target: { attempts: 2 } }],
    ['2 failures counted', { ...ok, failures: [0, 1] }, { target: { failures: 2 } }],
    ['told open', { ...ok, change: 'cooling' }, { changes: ['open'] }],
    ['tried again after 500 ms', { ...ok, quietMs: 1000 }, { requestsAtMs: [0, 500] }],
    ['tried again after 1600 ms', { ...ok, quietMs: 1000 }, { requestsAtMs: [0, 1600] }],
    ['not tried again', { ...ok, quietMs: 1000 }, {}],
    [
      'share 100.0 % from 0 to 100 ms',
      { ...ok, shares: [{ fromMs: 0, toMs: 100, most: 0.5 }] },
      {},
    ],
    ['1 leases are left', ok, { inFlight: 1 }],
    ['22 attempts for 1 requests', ok, { target: { attempts: 22 } }],
    ['2 answers counted, 1 given', ok, { target: { served: 2 } }],
    ['an upstream was not told that its caller left', { outcome: 'left' }, { answers: [failed] }],
    [
      'an upstream was told after 501 ms',
      { outcome: 'left' },
      { answers: [failed], abortedMs: 501 },
    ],
    [
      'not all requests reached upstreams',
      { outcome: 'left' },
      { answers: [failed, failed], abortedMs: 1 },
    ],
  ])('%s', (difference, expected, scene) => {
    expect(found(expected, scene)).toEqual([difference]);
  });
});
