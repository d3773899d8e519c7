import assert from 'node:assert/strict';

import type { ProviderClause } from './clause.ts';
import { assertWellFormed, finished } from './rig.ts';

export const failsUnreached: ProviderClause = {
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

export const failsBrokenOff: ProviderClause = {
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

export const neverThrows: ProviderClause = {
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
