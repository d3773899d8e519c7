import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import { ChunkKind, type Failure, type Request } from '@plimsoll/core';

import {
  type Attempt,
  credential,
  type ProviderSubject,
  settle,
  type SinkCall,
  SinkRecord,
  soon,
  withAttempt,
} from './provider-rig.ts';
import type { ProviderScenario, ProviderUpstream } from './provider-upstream.ts';

/** One thing that every provider adapter must do. */
export interface ProviderClause {
  /** How an exemption names it. */
  readonly id: string;
  readonly title: string;
  /** Rejects with an `AssertionError` when the subject does not do it. */
  readonly check: (subject: ProviderSubject) => Promise<void>;
}

const returnsFirst: ProviderClause = {
  id: 'returns-first',
  title: 'returns from `attempt` before it calls the sink',
  async check(subject) {
    const { plain, stream, unsendable } = subject;
    for (const [scenario, request] of [
      ['answer', plain],
      ['answer', stream],
      ['refused', plain],
      ['refused', unsendable],
    ] as const) {
      await withAttempt(subject, scenario, request, async ({ callsAtReturn }) => {
        assert.equal(callsAtReturn, 0, 'the sink was called before `attempt` returned');
      });
    }
  },
};

const keepsOrder: ProviderClause = {
  id: 'order',
  title: 'tells a good answer as connect, head, chunks and one end',
  async check(subject) {
    for (const request of [subject.plain, subject.stream]) {
      await finished(subject, 'answer', request, async ({ sink }) => {
        assert.equal(sink.order, 'connect head chunk end');
      });
    }
  },
};

const endsErrorsAlone: ProviderClause = {
  id: 'error-alone',
  title: 'tells an answer that is an error as one failure, without head and chunks',
  async check(subject) {
    for (const request of [subject.plain, subject.stream]) {
      await finished(subject, 'error', request, async ({ sink }) => {
        assert.match(sink.order, /^(connect )?error$/);
        assertWellFormed(sink.failure);
        assert.equal(sink.failure.status, 500);
      });
    }
  },
};

const failsUnreached: ProviderClause = {
  id: 'unreached',
  title: 'tells a connection that is refused or reset as one failure of the target',
  async check(subject) {
    for (const scenario of ['refused', 'reset'] as const) {
      for (const request of [subject.plain, subject.stream]) {
        await finished(subject, scenario, request, async ({ sink }) => {
          assert.match(sink.order, scenario === 'refused' ? /^error$/ : /^(connect )?error$/);
          assertWellFormed(sink.failure);
          assert.equal(sink.failure.isHealthFailure, true);
        });
      }
    }
  },
};

const failsBrokenOff: ProviderClause = {
  id: 'broken-off',
  title: 'ends an answer that breaks off in one failure, never in an end',
  async check(subject) {
    for (const scenario of ['cut', 'short'] as const) {
      for (const request of [subject.plain, subject.stream]) {
        await finished(subject, scenario, request, async ({ sink }) => {
          assert.match(sink.order, /^connect (head )?(chunk )?error$/, scenario);
          assertWellFormed(sink.failure);
        });
      }
    }
  },
};

const neverThrows: ProviderClause = {
  id: 'no-throw',
  title: 'throws neither for a request that cannot be sent nor for an error it does not know',
  async check(subject) {
    await finished(subject, 'answer', subject.unsendable, async ({ sink, provider, upstream }) => {
      assert.equal(sink.order, 'error');
      assertWellFormed(sink.failure);
      assert.equal(upstream.receivedRequests, 0);
      for (const thrown of [undefined, null, 'broken', 42, {}, new Error('broken')]) {
        assertWellFormed(provider.classify(thrown));
      }
    });
  },
};

const abortsUnanswered: ProviderClause = {
  id: 'abort-unanswered',
  title: 'is silent after an abort before the answer, and closes the request upstream',
  async check(subject) {
    await withAttempt(subject, 'hang', subject.stream, async (attempt) => {
      await soon(
        attempt.upstream.until(() => attempt.upstream.receivedRequests === 1),
        () => 'the request did not reach the upstream',
      );
      await abortAndListen(attempt);
    });
    // At once: whether the request then gets as far as the upstream is left open.
    await withAttempt(subject, 'answer', subject.plain, abortAndListen);
  },
};

const abortsStream: ProviderClause = {
  id: 'abort-stream',
  title: 'is silent after an abort in the middle of a stream, and closes it upstream',
  async check(subject) {
    await withAttempt(subject, 'stall', subject.stream, async (attempt) => {
      await soon(
        attempt.sink.until(() => attempt.sink.calls.some(isContent)),
        () => `no content was told: "${attempt.sink.order}"`,
      );
      await abortAndListen(attempt);
    });
  },
};

const abortsFromWithin: ProviderClause = {
  id: 'abort-within',
  title: 'is silent after an abort from inside any call of the sink',
  async check(subject) {
    for (const name of ['connect', 'head', 'chunk'] as const) {
      const sink = new SinkRecord();
      await withAttempt(
        subject,
        'answer',
        subject.stream,
        async ({ control, upstream }) => {
          let callsAtAbort = -1;
          sink.onCall = (call) => {
            if (callsAtAbort >= 0 || call.name !== name) return;
            callsAtAbort = sink.calls.length;
            control.abort();
          };
          await soon(
            sink.until(() => callsAtAbort >= 0 || sink.isOver),
            () => `never called ${name}`,
          );
          await closed(upstream);
          await settle();
          assert.equal(sink.calls.length, callsAtAbort, `called after an abort in ${name}`);
        },
        sink,
      );
    }
  },
};

const toleratesLateControl: ProviderClause = {
  id: 'late-control',
  title: 'takes pause, resume and abort after the end, and abort twice, as nothing',
  async check(subject) {
    await finished(subject, 'answer', subject.stream, async ({ sink, control }) => {
      const calls = sink.calls.length;
      control.pause();
      control.resume();
      control.abort();
      control.abort();
      await settle();
      assert.equal(sink.calls.length, calls);
    });
  },
};

const pauses: ProviderClause = {
  id: 'pause',
  title: 'reads no more while paused, so that the upstream stops, and goes on after resume',
  async check(subject) {
    const sink = new SinkRecord();
    await withAttempt(
      subject,
      'long',
      subject.stream,
      async ({ control, upstream }) => {
        let isPaused = false;
        sink.onCall = (call) => {
          if (call.name !== 'chunk' || isPaused) return;
          isPaused = true;
          control.pause();
        };
        await soon(
          sink.until(() => isPaused || sink.isOver),
          () => 'no chunk was told',
        );
        const calls = sink.calls.length;
        // What lies between the two, in the system's buffers, fills up first.
        for (let sent = -1; sent !== upstream.sentBytes;) {
          sent = upstream.sentBytes;
          await settle();
        }
        assert.equal(upstream.activeRequests, 1, 'the upstream could write its whole answer');
        assert.equal(sink.calls.length, calls, 'the sink is called while paused');
        control.resume();
        await sink.over();
        assert.equal(sink.order, 'connect head chunk end');
      },
      sink,
    );
  },
};

const marksContent: ProviderClause = {
  id: 'content',
  title: 'marks as content what a reader would see, and nothing else',
  async check(subject) {
    await finished(subject, 'no_content', subject.stream, async ({ sink }) => {
      assert.equal(sink.calls.find(isContent), undefined, 'content where the model said nothing');
      assert.equal(sink.calls.at(-1)?.name, 'end');
    });
    for (const request of [subject.plain, subject.stream]) {
      await finished(subject, 'answer', request, async ({ sink }) => {
        assert.ok(sink.calls.some(isContent), 'no content where the model said something');
      });
    }
  },
};

const reportsUsage: ProviderClause = {
  id: 'usage',
  title: 'reports the usage and the model of an answer at its end',
  async check(subject) {
    for (const request of [subject.plain, subject.stream]) {
      await finished(subject, 'answer', request, async ({ sink }) => {
        const last = sink.calls.at(-1);
        assert.ok(last?.name === 'end', `ended as "${sink.order}"`);
        assert.equal(last.end.usage?.inputTokens, 11);
        assert.equal(last.end.usage.outputTokens, 7);
        assert.equal(last.end.model, 'gpt-test');
      });
    }
  },
};

const keepsSecret: ProviderClause = {
  id: 'secret',
  title: 'lets no one see the credential: in heads, chunks, failures, causes or itself',
  async check(subject) {
    for (const scenario of ['answer', 'echo', 'refused', 'reset', 'cut'] as const) {
      for (const request of [subject.plain, subject.stream, subject.unsendable]) {
        await finished(subject, scenario, request, async ({ sink, provider, control }) => {
          for (const [what, value] of Object.entries({ calls: sink.calls, provider, control })) {
            assert.ok(!everythingIn(value).includes(credential), `the credential is in ${what}`);
          }
        });
      }
    }
  },
};

/** All clauses, in the order in which they are run. */
export const providerClauses: readonly ProviderClause[] = [
  returnsFirst,
  keepsOrder,
  endsErrorsAlone,
  failsUnreached,
  failsBrokenOff,
  neverThrows,
  abortsUnanswered,
  abortsStream,
  abortsFromWithin,
  toleratesLateControl,
  pauses,
  marksContent,
  reportsUsage,
  keepsSecret,
];

/** Runs an attempt to its end, and a little further: a second ending would come then. */
async function finished(
  subject: ProviderSubject,
  scenario: ProviderScenario,
  request: Request,
  check: (attempt: Attempt) => Promise<void>,
): Promise<void> {
  await withAttempt(subject, scenario, request, async (attempt) => {
    await attempt.sink.over();
    await settle();
    await check(attempt);
  });
}

async function abortAndListen({ sink, control, upstream }: Attempt): Promise<void> {
  const order = sink.order;
  control.abort();
  await closed(upstream);
  await settle();
  assert.equal(sink.order, order, 'the sink was called by the abort or after it');
}

async function closed(upstream: ProviderUpstream): Promise<void> {
  await soon(
    upstream.until(() => upstream.activeRequests === 0),
    () => 'the upstream still sees the request open',
  );
}

function isContent(call: SinkCall): boolean {
  return call.name === 'chunk' && call.kind === ChunkKind.content;
}

function assertWellFormed(failure: Failure): void {
  assert.equal(typeof failure.kind, 'string');
  assert.equal(typeof failure.verdict, 'string');
  assert.ok(failure.message.trim() !== '', 'a failure says nothing');
  assert.equal(typeof failure.isHealthFailure, 'boolean');
}

/** All text a log or a caller could make of a value, bytes read as UTF-8. */
function everythingIn(value: unknown): string {
  const texts: string[] = [];
  const seen = new Set<object>();
  const walk = (part: unknown): void => {
    if (part instanceof Uint8Array) texts.push(Buffer.from(part).toString());
    if (typeof part === 'string') texts.push(part);
    if (typeof part !== 'object' || part === null || seen.has(part)) return;
    seen.add(part);
    for (const key of Reflect.ownKeys(part)) {
      texts.push(String(key));
      walk((part as Record<PropertyKey, unknown>)[key]);
    }
  };
  walk(value);
  return `${texts.join('\n')}\n${inspect(value, { depth: Infinity })}`;
}
