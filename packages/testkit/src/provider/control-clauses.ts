import assert from 'node:assert/strict';

import type { ProviderClause } from './clause.ts';
import { type Attempt, finished, settle, withAttempt } from './rig.ts';
import { SinkRecord, isContent } from './sink-record.ts';

export const abortsUnanswered: ProviderClause = {
  id: 'abort-unanswered',
  title: 'is silent after an abort before the answer, and closes the request upstream',
  async check(subject) {
    await withAttempt(subject, 'hang', subject.stream, async (attempt) => {
      await attempt.soon(
        attempt.upstream.until(() => attempt.upstream.receivedRequests === 1),
        () => 'the request did not reach the upstream',
      );
      await abortAndListen(attempt);
    });
    // At once: whether the request then gets as far as the upstream is left open.
    await withAttempt(subject, 'answer', subject.plain, abortAndListen);
  },
};

export const abortsStream: ProviderClause = {
  id: 'abort-stream',
  title: 'is silent after an abort in the middle of a stream, and closes it upstream',
  async check(subject) {
    await withAttempt(subject, 'stall', subject.stream, async (attempt) => {
      await attempt.soon(
        attempt.sink.until(() => attempt.sink.calls.some(isContent)),
        () => `no content was told: "${attempt.sink.order}"`,
      );
      await abortAndListen(attempt);
    });
  },
};

export const abortsFromWithin: ProviderClause = {
  id: 'abort-within',
  title: 'is silent after an abort from inside any call of the sink',
  async check(subject) {
    for (const name of ['connect', 'head', 'chunk'] as const) {
      const sink = new SinkRecord();
      await withAttempt(
        subject,
        'answer',
        subject.stream,
        async (attempt) => {
          const { control, soon } = attempt;
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
          await closed(attempt);
          await settle();
          assert.equal(sink.calls.length, callsAtAbort, `called after an abort in ${name}`);
        },
        sink,
      );
    }
  },
};

export const toleratesLateControl: ProviderClause = {
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

export const pauses: ProviderClause = {
  id: 'pause',
  title: 'reads no more while paused, so that the upstream stops, and goes on after resume',
  async check(subject) {
    const sink = new SinkRecord();
    await withAttempt(
      subject,
      'long',
      subject.stream,
      async ({ control, upstream, soon, over }) => {
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
        await over();
        assert.equal(sink.order, 'connect head chunk end');
      },
      sink,
    );
  },
};

async function abortAndListen(attempt: Attempt): Promise<void> {
  const { sink, control } = attempt;
  const order = sink.order;
  control.abort();
  await closed(attempt);
  await settle();
  assert.equal(sink.order, order, 'the sink was called by the abort or after it');
}

async function closed({ upstream, soon }: Attempt): Promise<void> {
  await soon(
    upstream.until(() => upstream.activeRequests === 0),
    () => 'the upstream still sees the request open',
  );
}
