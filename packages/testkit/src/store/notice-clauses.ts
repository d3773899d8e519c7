import assert from 'node:assert/strict';

import type { Notice } from '@plimsoll/core';

import type { SharedStoreClause } from './clause.ts';
import { type SharedStoreSubject, soon, withStores } from './rig.ts';

export const tellsOthers: SharedStoreClause = {
  id: 'notice-others',
  title: 'tells every other member of a notice, unchanged, and not the one who gave it',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b, c] = [await open(), await open(), await open()];
      const [atA, atB, atC] = [[], [], []] as [Notice[], Notice[], Notice[]];
      a.subscribe((notice) => atA.push(notice));
      b.subscribe((notice) => atB.push(notice));
      c.subscribe((notice) => atC.push(notice));
      const cooling = noticeOf(subject, { scope: 'key', reason: 'said "stop"\nçà 🧀' });
      const open1 = noticeOf(subject, { kind: 'open', target: 'eu/2' });
      a.publish(cooling);
      await heard(subject, atB, cooling);
      await heard(subject, atC, cooling);
      b.publish(open1);
      await heard(subject, atA, open1);
      await heard(subject, atC, open1);
      assert.deepEqual([distinct(atA), distinct(atB)], [[open1], [cooling]]);
    }),
};

export const tellsLatecomers: SharedStoreClause = {
  id: 'notice-late',
  title: 'tells a member that comes later what still holds, and what is over no more',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, witness, late] = [await open(), await open(), await open()];
      const seen: Notice[] = [];
      witness.subscribe((notice) => seen.push(notice));
      const held = [
        noticeOf(subject, { target: 'one', scope: 'key' }),
        noticeOf(subject, { target: 'one', scope: 'model' }),
        noticeOf(subject, { target: 'one', kind: 'open' }),
        noticeOf(subject, { target: 'two', scope: 'key' }),
      ];
      const brief = noticeOf(subject, { target: 'brief', untilEpochMs: subject.epochMs() + 40 });
      for (const notice of [brief, ...held]) a.publish(notice);
      await heard(subject, seen, held[3]!);
      await subject.elapse(60);
      const got: Notice[] = [];
      late.subscribe((notice) => got.push(notice));
      for (const notice of held) await heard(subject, got, notice);
      const last = noticeOf(subject, { target: 'last' });
      a.publish(last);
      await heard(subject, got, last);
      assert.deepEqual(sorted(distinct(got)), sorted([...held, last]));
      assert.deepEqual(got.at(-1), last, 'what holds comes first');
    }),
};

export const keepsTheStronger: SharedStoreClause = {
  id: 'notice-stronger',
  title: 'tells a member that comes later the longest cool-down and the latest state of a breaker',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b, late] = [await open(), await open(), await open()];
      const [atA, atB, got] = [[], [], []] as [Notice[], Notice[], Notice[]];
      a.subscribe((notice) => atA.push(notice));
      b.subscribe((notice) => atB.push(notice));
      const [longer, shorter] = [50_000, 5_000].map((ms) =>
        noticeOf(subject, { target: 'cool', untilEpochMs: subject.epochMs() + ms }),
      );
      const [opened, closed] = (['open', 'closed'] as const).map((kind) =>
        noticeOf(subject, { target: 'broken', kind }),
      );
      a.publish(longer!);
      a.publish(opened!);
      await heard(subject, atB, opened!);
      b.publish(shorter!);
      b.publish(closed!);
      await heard(subject, atA, closed!);
      late.subscribe((notice) => got.push(notice));
      await heard(subject, got, longer!);
      await heard(subject, got, closed!);
      assert.deepEqual(sorted(distinct(got)), sorted([longer!, closed!]));
    }),
};

export const stopsTelling: SharedStoreClause = {
  id: 'notice-stop',
  title: 'tells a listener nothing more once it is stopped, and others go on',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b] = [await open(), await open()];
      const [stopped, kept] = [[], []] as [Notice[], Notice[]];
      const stop = b.subscribe((notice) => stopped.push(notice));
      b.subscribe((notice) => kept.push(notice));
      const [first, second] = [noticeOf(subject, { target: 'one' }), noticeOf(subject, {})];
      a.publish(first);
      await heard(subject, stopped, first);
      stop();
      stop();
      a.publish(second);
      await heard(subject, kept, second);
      assert.deepEqual(distinct(stopped), [first]);
      const never: Notice[] = [];
      b.subscribe((notice) => never.push(notice))();
      const third = noticeOf(subject, { target: 'three' });
      a.publish(third);
      await heard(subject, kept, third);
      assert.deepEqual(never, [], 'a listener that was stopped at once was told');
    }),
};

export const survivesListeners: SharedStoreClause = {
  id: 'notice-safe',
  title: 'goes on when a listener throws, and does not throw from publish, closed or not',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b] = [await open(), await open()];
      const got: Notice[] = [];
      b.subscribe(() => {
        throw new Error('a listener that fails');
      });
      b.subscribe((notice) => got.push(notice));
      const [first, second] = [noticeOf(subject, { target: 'one' }), noticeOf(subject, {})];
      a.publish(first);
      await heard(subject, got, first);
      a.publish(second);
      await heard(subject, got, second);
      await b.close();
      assert.doesNotThrow(() => b.publish(first));
      assert.doesNotThrow(() => b.subscribe(() => {})());
    }),
};

let reasons = 0;

/** A notice that holds for a minute, told apart from all others by its reason. */
function noticeOf(subject: SharedStoreSubject, part: Partial<Notice>): Notice {
  return {
    kind: 'cooling',
    target: 'eu/1',
    scope: 'target',
    untilEpochMs: subject.epochMs() + 60_000,
    reason: `reason ${reasons++}`,
    ...part,
  };
}

function heard(subject: SharedStoreSubject, got: readonly Notice[], one: Notice): Promise<void> {
  return soon(
    subject,
    () => got.some((notice) => textOf(notice) === textOf(one)),
    () => `did not hear of ${textOf(one)}, only of ${got.map(textOf)}`,
  );
}

/** In the order in which they came first; a store may tell a notice again. */
function distinct(got: readonly Notice[]): Notice[] {
  return got.filter((one, index) => got.findIndex((two) => textOf(two) === textOf(one)) === index);
}

function sorted(got: readonly Notice[]): Notice[] {
  return [...got].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

function textOf({ kind, target, scope, untilEpochMs, reason }: Notice): string {
  return JSON.stringify({ kind, target, scope, untilEpochMs, reason });
}
