import type { AttemptSink, Request, Target, Transcript } from '@plimsoll/core';
import { expect, it } from 'vitest';

import type { RescueOptions, TargetOptions } from '../src/options.ts';
import { HandAttempt, HandProvider, rig, type Rig } from './rig.ts';

/** An attempt that keeps what it has given, as an adapter that can be taken over does. */
class KeepingAttempt extends HandAttempt {
  text = '';
  /** Whether it gave something that no other could go on with. */
  isLost = false;

  override content(chunk: unknown = 'hello'): this {
    this.text += String(chunk);
    return super.content(chunk);
  }

  transcript(): Transcript | undefined {
    if (this.isLost) return undefined;
    const usage = { inputTokens: 10, outputTokens: this.text.length };
    return { dialect: 'hand', id: 'id', created: 0, model: 'm', text: this.text, usage };
  }
}

class KeepingProvider extends HandProvider {
  readonly resumed: Transcript[] = [];

  override attempt(target: Target, _request: Request, sink: AttemptSink): HandAttempt {
    const attempt = new KeepingAttempt(target, sink);
    this.attempts.push(attempt);
    return attempt;
  }

  resume(target: Target, request: Request, transcript: Transcript, sink: AttemptSink): HandAttempt {
    this.resumed.push(transcript);
    const attempt = this.attempt(target, request, sink) as KeepingAttempt;
    attempt.text = transcript.text;
    return attempt;
  }
}

function rescuing(
  targets: Partial<TargetOptions>[],
  rescue: RescueOptions = {},
): Rig & { keeping: KeepingProvider } {
  const keeping = new KeepingProvider();
  const made = rig(
    targets.map((target) => ({ provider: keeping, model: 'm', ...target })),
    { rescue },
  );
  return { ...made, keeping };
}

it('goes on elsewhere with an answer that broke off, under the same head', () => {
  const { keeping, pool, start, inFlight } = rescuing([
    { id: 'a', price: { input: 1, output: 1 } },
    { id: 'b', price: { input: 1, output: 1 } },
  ]);
  const { heard } = start({ isStream: true });
  keeping.last.content('Hello ');
  keeping.last.fail({ message: 'connection reset' });
  expect(keeping.resumed.map(({ text }) => text)).toEqual(['Hello ']);
  keeping.last.content('world');
  keeping.last.sink.onEnd({ usage: { inputTokens: 16, outputTokens: 5 } });
  expect(heard.log).toEqual(['head', 'Hello ', 'world', 'end']);
  expect(heard.result).toMatchObject({
    target: { id: 'b' },
    attempts: 2,
    usage: { inputTokens: 26, outputTokens: 11 },
  });
  expect(heard.result?.costUsd).toBeCloseTo(37e-6, 12);
  expect(pool.stats().targets.map(({ served, failures }) => [served, failures])).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(inFlight()).toBe(0);
});

it('names the original failure when the one that took over fails as well', () => {
  const { keeping, start } = rescuing([{ id: 'a' }, { id: 'b' }]);
  const { heard } = start({ isStream: true });
  keeping.last.content('Hello ');
  keeping.last.fail({ message: 'connection reset' });
  keeping.last.fail({ message: 'cannot continue a given prefix', verdict: 'fail' });
  expect(heard.log).toEqual(['head', 'Hello ', 'ERR_PLIMSOLL_STREAM']);
  expect(heard.failure).toMatchObject({
    message: 'the answer broke off on a: connection reset',
    isCommitted: true,
  });
});

it('takes over once more from the one that took over', () => {
  const { keeping, start } = rescuing([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  const { heard } = start({ isStream: true });
  keeping.last.content('one ');
  keeping.last.fail();
  keeping.last.content('two ');
  keeping.last.fail();
  keeping.last.content('three');
  keeping.last.sink.onEnd({});
  expect(heard.log).toEqual(['head', 'one ', 'two ', 'three', 'end']);
  expect(keeping.resumed.map(({ text }) => text)).toEqual(['one ', 'one two ']);
});

it('stays with the model unless told otherwise, and asks only who can take over', () => {
  const targets = [
    { id: 'a' },
    { id: 'b', model: 'other' },
    { id: 'c', provider: new HandProvider() },
  ];
  const strict = rescuing(targets);
  const first = strict.start({ isStream: true }).heard;
  strict.keeping.last.content();
  strict.keeping.last.fail();
  expect(first.failure?.code).toBe('ERR_PLIMSOLL_STREAM');
  const loose = rescuing(targets, { acrossModels: true });
  loose.start({ isStream: true });
  loose.keeping.last.content();
  loose.keeping.last.fail();
  expect(loose.keeping.last.target.id).toBe('b');
});

it('takes over nothing that its adapter cannot hand on', () => {
  const { provider, start } = rig(['a', 'b'], { rescue: {} });
  const { heard } = start({ isStream: true });
  provider.last.content();
  provider.last.fail();
  expect(provider.attempts).toHaveLength(1);
  expect(heard.failure?.code).toBe('ERR_PLIMSOLL_STREAM');
});

it('commits later when told to hold text back: a break before that fails over unseen', () => {
  const { keeping, start } = rescuing([{ id: 'a' }, { id: 'b' }], { holdBack: 10 });
  const { heard } = start({ isStream: true });
  keeping.last.content('Hello');
  expect(heard.log).toEqual([]);
  keeping.last.fail();
  expect(keeping.resumed).toEqual([]);
  keeping.last.content('Hi there');
  keeping.last.content(', world');
  expect(heard.log).toEqual(['head', 'Hi there', ', world']);
});

it('hands a short answer on when it ends', () => {
  const { keeping, start } = rescuing([{ id: 'a' }], { holdBack: 1000 });
  const { heard } = start({ isStream: true });
  keeping.last.content('Hello');
  keeping.last.sink.onEnd({});
  expect(heard.log).toEqual(['head', 'Hello', 'end']);
});

it('keeps its time limits while it takes over', () => {
  const { keeping, start, clock, inFlight } = rescuing([{ id: 'a' }, { id: 'b' }]);
  const { heard } = start({ isStream: true });
  keeping.last.content('Hello ');
  keeping.last.fail({ message: 'connection reset' });
  keeping.last.sink.onConnect();
  clock.advance(30_010);
  expect(heard.failure?.message).toBe('the answer broke off on a: connection reset');
  expect(inFlight()).toBe(0);
});

it('takes a break in what was held back for one that nobody has seen', () => {
  const { keeping, start } = rescuing([{ id: 'a' }, { id: 'b' }], { holdBack: 10 });
  const { heard } = start({ isStream: true });
  keeping.last.content('Hello');
  keeping.last.fail({ kind: 'stream', verdict: 'fail' });
  keeping.last.answer('Hi there, world');
  expect(heard.log).toEqual(['head', 'Hi there, world', 'end']);
});

it('does not go on elsewhere with an answer that its provider ended for what was asked', () => {
  const { keeping, start } = rescuing([{ id: 'a' }, { id: 'b' }]);
  const { heard } = start({ isStream: true });
  keeping.last.content('Hello ');
  keeping.last.fail({ kind: 'policy', verdict: 'fail' });
  expect(keeping.attempts).toHaveLength(1);
  expect(heard.failure?.code).toBe('ERR_PLIMSOLL_STREAM');
});

it('repeats nothing when the one that took over cannot be taken over', () => {
  const { keeping, start } = rescuing([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  const { heard } = start({ isStream: true });
  keeping.last.content('one ');
  keeping.last.fail();
  keeping.last.content('two ');
  (keeping.last as KeepingAttempt).isLost = true;
  keeping.last.fail();
  expect(keeping.resumed).toHaveLength(1);
  expect(heard.log).toEqual(['head', 'one ', 'two ', 'ERR_PLIMSOLL_STREAM']);
});

it('takes a caller who stops reading for no fault of the target', () => {
  const { keeping, start, clock, inFlight } = rescuing([{ id: 'a' }, { id: 'b' }]);
  const { call, heard } = start({ isStream: true });
  keeping.last.content('Hello ');
  call.pause();
  clock.advance(60_010);
  expect(keeping.attempts.map(({ isAborted }) => isAborted)).toEqual([true]);
  expect(heard.failure?.message).toBe(
    'the answer broke off on a: the caller read nothing for 60000 ms',
  );
  expect(inFlight()).toBe(0);
});

it('gives one that takes over for a caller who is not reading its time once that one reads on', () => {
  const { keeping, start, clock } = rescuing([{ id: 'a' }, { id: 'b' }]);
  const { call, heard } = start({ isStream: true });
  keeping.last.content('Hello ');
  call.pause();
  keeping.last.fail();
  keeping.last.sink.onConnect();
  clock.advance(50_000);
  call.resume();
  clock.advance(29_000);
  keeping.last.content('world');
  keeping.last.sink.onEnd({});
  expect(heard.log).toEqual(['head', 'Hello ', 'world', 'end']);
});

it('asks streams alone for what they have given, and only where it may be needed', () => {
  const { keeping, start } = rescuing([{ id: 'a' }]);
  start({ isStream: true });
  expect(keeping.last.sink.wantsTranscript).toBe(true);
  start();
  expect(keeping.last.sink.wantsTranscript).toBe(false);
  const plain = rig(['a']);
  plain.start({ isStream: true });
  expect(plain.provider.last.sink.wantsTranscript).toBe(false);
});

it('names a bad option', () => {
  expect(() => rescuing([{ id: 'a' }], { holdBack: -1 })).toThrow(
    'balancer: `rescue.holdBack` must be an integer >= 0, got -1',
  );
});
