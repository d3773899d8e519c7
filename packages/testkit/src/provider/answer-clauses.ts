import assert from 'node:assert/strict';

import type { ProviderClause } from './clause.ts';
import { assertWellFormed, finished, withAttempt } from './rig.ts';
import { isContent } from './sink-record.ts';

export const returnsFirst: ProviderClause = {
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

export const keepsOrder: ProviderClause = {
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

export const endsErrorsAlone: ProviderClause = {
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

export const marksContent: ProviderClause = {
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

export const reportsUsage: ProviderClause = {
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
