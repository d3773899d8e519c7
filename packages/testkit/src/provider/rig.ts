import assert from 'node:assert/strict';

import type { AttemptControl, Failure, Provider, Request, Target } from '@plimsoll/core';

import { SinkRecord } from './sink-record.ts';
import type { ProviderScenario, ProviderUpstream } from './upstream.ts';

/** What a clause is checked against. */
export interface ProviderSubject {
  create(site: ProviderSite): Provider;
  upstream(): ProviderUpstream;
  readonly target: Target;
  /** A request whose answer is one body. */
  readonly plain: Request;
  /** A request whose answer is a stream. */
  readonly stream: Request;
  /** A request that cannot be put on the wire. */
  readonly unsendable: Request;
  /** Milliseconds after which something that should have come is given up. */
  readonly patienceMs: number;
}

/** Where an adapter is to send its attempts. */
export interface ProviderSite {
  readonly url: string;
  readonly credential: string;
  /** What will happen there. Adapters with an upstream need not know; one that answers in process does. */
  readonly scenario: ProviderScenario;
}

/** No adapter may let this be seen. */
export const credential = 'sk-plimsoll-secret-0123456789';

/** One attempt under way. */
export interface Attempt {
  readonly sink: SinkRecord;
  readonly control: AttemptControl;
  readonly provider: Provider;
  readonly upstream: ProviderUpstream;
  /** Calls of the sink that came before `attempt` returned. */
  readonly callsAtReturn: number;
  /**
   * Resolves with `promise`, which a correct adapter keeps within milliseconds; rejects with `failure` when the patience
   * is over, so that one that never does is told in words instead of by the runner's time limit.
   */
  readonly soon: (promise: Promise<void>, failure: () => string) => Promise<void>;
  /** Resolves when the attempt has ended. */
  readonly over: () => Promise<void>;
}

/** Starts an attempt of `request` where `scenario` is played, hands it to `check`, and cleans up. */
export async function withAttempt(
  subject: ProviderSubject,
  scenario: ProviderScenario,
  request: Request,
  check: (attempt: Attempt) => Promise<void>,
  sink: SinkRecord = new SinkRecord(),
): Promise<void> {
  const upstream = subject.upstream();
  try {
    const url = await upstream.play(scenario, credential);
    const provider = subject.create({ url, credential, scenario });
    const control = provider.attempt(subject.target, request, sink);
    const callsAtReturn = sink.calls.length;
    const soon: Attempt['soon'] = (promise, failure) =>
      inTime(promise, subject.patienceMs, failure);
    const over = (): Promise<void> =>
      soon(
        sink.until(() => sink.isOver),
        () => `the attempt did not end: "${sink.order}"`,
      );
    try {
      await check({ sink, control, provider, upstream, callsAtReturn, soon, over });
    } finally {
      control.abort();
      await provider.close?.();
    }
  } finally {
    await upstream.close();
  }
}

async function inTime(
  promise: Promise<void>,
  patienceMs: number,
  failure: () => string,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: failure() })), patienceMs);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Some turns of the event loop: long enough for whatever an adapter had queued to come out. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Runs an attempt to its end, and a little further: a second ending would come then. */
export async function finished(
  subject: ProviderSubject,
  scenario: ProviderScenario,
  request: Request,
  check: (attempt: Attempt) => Promise<void>,
): Promise<void> {
  await withAttempt(subject, scenario, request, async (attempt) => {
    await attempt.over();
    await settle();
    await check(attempt);
  });
}

/** A failure that an engine can act on and a person can read. */
export function assertWellFormed(failure: Failure): void {
  assert.equal(typeof failure.kind, 'string');
  assert.equal(typeof failure.verdict, 'string');
  assert.ok(failure.message.trim() !== '', 'a failure says nothing');
  assert.equal(typeof failure.isHealthFailure, 'boolean');
}
