import { manualClock } from '@plimsoll/testkit';
import { expect, test } from 'vitest';

import { Line } from '../src/line.ts';
import { FakeConnection, turn } from './fake-connection.ts';

/** A line over a connection whose answers are given by hand. */
function rig(width: number) {
  const [clock, connection] = [manualClock(), new FakeConnection()];
  const line = new Line({ connection, clock, width, timeLimitMs: 100 });
  const call = (name: string): Promise<unknown> =>
    line.run(
      (send) => send([name]),
      (answer) => answer,
    );
  const { sent, answers } = connection;
  return { clock, connection, sent, answers, line, call };
}

test('starts as many calls at once as it is wide, in their order', async () => {
  const { sent, answers, call } = rig(2);
  const calls = ['a', 'b', 'c', 'd'].map(call);
  expect(sent).toEqual(['a', 'b']);
  answers[1]!.resolve('of b');
  expect(await calls[1]).toBe('of b');
  expect(sent).toEqual(['a', 'b', 'c']);
  answers[0]!.reject(new Error('refused'));
  await expect(calls[0]).rejects.toMatchObject({
    code: 'ERR_PLIMSOLL_STORE',
    message: 'redisStore: refused',
  });
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
});

test('takes an answer before the next call starts', async () => {
  const { answers, line, sent } = rig(1);
  const order: unknown[] = [];
  const run = (name: string): Promise<void> =>
    line.run(
      (send) => {
        order.push(`${name} starts`);
        return send([name]);
      },
      (answer) => void order.push(answer),
    );
  const calls = [run('a'), run('b')];
  answers[0]!.resolve('a taken');
  await calls[0];
  expect(order).toEqual(['a starts', 'a taken', 'b starts']);
  expect(sent).toEqual(['a', 'b']);
});

test('waits for the connection, and drops what it waited for too long', async () => {
  const { clock, sent, answers, connection, line, call } = rig(2);
  connection.ready = false;
  const early = call('early');
  clock.advance(60);
  const late = call('late');
  clock.advance(40);
  await expect(early).rejects.toThrow('redisStore: not sent within 100 ms');
  connection.ready = true;
  line.advance();
  expect(sent).toEqual(['late']);
  answers[0]!.resolve('of late');
  expect(await late).toBe('of late');
  expect(clock.timers).toBe(0);
});

test('lets the next call start when the time of one is over, and takes no late answer', async () => {
  const { clock, sent, answers, line, call } = rig(1);
  let taken = 0;
  const slow = line.run(
    (send) => send(['slow']),
    () => taken++,
  );
  clock.advance(99);
  const next = call('next');
  expect(sent).toEqual(['slow']);
  clock.advance(1);
  await expect(slow).rejects.toThrow('redisStore: no answer within 100 ms');
  expect(sent).toEqual(['slow', 'next']);
  answers[0]!.resolve('late');
  await turn();
  expect(taken).toBe(0);
  answers[1]!.resolve('of next');
  expect(await next).toBe('of next');
});

test('sends nothing more for a call whose time is over', async () => {
  const { clock, sent, answers, line } = rig(1);
  const call = line.run(
    (send) => send(['by its hash']).catch(() => send(['by its text'])),
    () => {},
  );
  clock.advance(100);
  await expect(call).rejects.toThrow('no answer within 100 ms');
  answers[0]!.reject(new Error('NOSCRIPT'));
  await turn();
  expect(sent).toEqual(['by its hash']);
});

test('rejects when an answer cannot be taken', async () => {
  const { answers, line } = rig(1);
  const call = line.run(
    (send) => send(['a']),
    () => {
      throw new TypeError('no list');
    },
  );
  answers[0]!.resolve('odd');
  await expect(call).rejects.toThrow('redisStore: no list');
});

test('is empty when nothing waits or is under way', async () => {
  const { clock, answers, line, call } = rig(1);
  await line.empty();
  const calls = Promise.allSettled([call('a'), call('b')]);
  let isEmpty = false;
  const empty = line.empty().then(() => (isEmpty = true));
  answers[0]!.resolve('of a');
  await turn();
  expect(isEmpty).toBe(false);
  clock.advance(100);
  await empty;
  await calls;
});

test('sends aside what can go out now, and nothing else', () => {
  const { sent, connection, line } = rig(1);
  line.sendAside(['a']);
  connection.ready = false;
  line.sendAside(['b']);
  expect(sent).toEqual(['a']);
});
