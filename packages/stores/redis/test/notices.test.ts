import type { Notice } from '@plimsoll/core';
import { manualClock } from '@plimsoll/testkit';
import { expect, test } from 'vitest';

import { Line } from '../src/line.ts';
import { noticeText } from '../src/notice-text.ts';
import { Notices } from '../src/notices.ts';
import { FakeConnection, turn } from './fake-connection.ts';

/** One subscriber, over a connection whose answers are given by hand. */
function rig() {
  const [clock, connection] = [manualClock(), new FakeConnection()];
  const line = new Line({ connection, clock, width: 10, timeLimitMs: 100 });
  const errors: unknown[] = [];
  const notices = new Notices({
    connection,
    line,
    clock,
    prefix: 'plimsoll',
    member: 'this one',
    retryMs: 100,
    onError: (error) => errors.push(error),
  });
  const heard: string[] = [];
  notices.subscribe(({ target }) => heard.push(target));
  const text = (target: string, untilMs = 60_000, member = 'another'): string => {
    const untilEpochMs = clock.epochMs() + untilMs;
    const notice: Notice = { kind: 'cooling', target, scope: 'key', untilEpochMs, reason: 'r' };
    return noticeText(member, notice);
  };
  return { clock, connection, errors, heard, text };
}

test('tells what holds before what came meanwhile, and a notice that is both once', async () => {
  const { connection, heard, text } = rig();
  connection.listener!.onListening();
  connection.listener!.onMessage(text('b'));
  connection.listener!.onMessage(text('c'));
  expect(heard).toEqual([]);
  connection.answers[0]!.resolve([text('a'), text('b')]);
  await turn();
  connection.listener!.onMessage(text('d'));
  expect(heard).toEqual(['a', 'b', 'c', 'd']);
});

test('reads again when the connection was lost while it read', async () => {
  const { connection, heard, text } = rig();
  connection.listener!.onListening();
  connection.listener!.onMessage(text('early'));
  connection.listener!.onListening();
  connection.answers[0]!.resolve([]);
  await turn();
  connection.answers[1]!.resolve([text('missed')]);
  await turn();
  expect(heard).toEqual(['missed', 'early']);
  expect(connection.sent).toHaveLength(2);
});

test('reads again after a while when it could not, and says so', async () => {
  const { clock, connection, errors, heard, text } = rig();
  connection.listener!.onListening();
  connection.listener!.onMessage(text('early'));
  connection.answers[0]!.reject(new Error('loading'));
  await turn();
  clock.advance(99);
  await turn();
  expect(connection.sent).toHaveLength(1);
  clock.advance(1);
  await turn();
  connection.answers[1]!.resolve([text('held')]);
  await turn();
  expect(heard).toEqual(['held', 'early']);
  expect(errors.map(String)).toEqual(['PlimsollError: redisStore: loading']);
});

test('tells neither what is over nor what is its own', async () => {
  const { clock, connection, heard, text } = rig();
  connection.listener!.onListening();
  connection.answers[0]!.resolve([text('own', 60_000, 'this one'), text('over', 0), text('a', 1)]);
  await turn();
  connection.listener!.onMessage(text('own', 60_000, 'this one'));
  const late = text('late', 10);
  clock.advance(10);
  connection.listener!.onMessage(late);
  expect(heard).toEqual(['a']);
});
