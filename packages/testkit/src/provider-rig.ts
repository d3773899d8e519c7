import assert from 'node:assert/strict';

import type {
  AttemptControl,
  AttemptEnd,
  AttemptSink,
  ChunkKind,
  Failure,
  Provider,
  Request,
  Target,
} from '@plimsoll/core';

import type { ProviderScenario, ProviderUpstream } from './provider-upstream.ts';

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

/** One call of the sink. */
export type SinkCall =
  | { readonly name: 'connect' }
  | { readonly name: 'head'; readonly head: unknown }
  | { readonly name: 'chunk'; readonly chunk: unknown; readonly kind: ChunkKind }
  | { readonly name: 'end'; readonly end: AttemptEnd }
  | { readonly name: 'error'; readonly failure: Failure };

/** A sink that keeps what it is told. */
export class SinkRecord implements AttemptSink {
  readonly calls: SinkCall[] = [];
  /** Called after each call was kept: a clause can act from inside one, as the engine does. */
  onCall: (call: SinkCall) => void = () => {};
  #waiting: { condition: () => boolean; resolve: () => void }[] = [];

  onConnect(): void {
    this.#keep({ name: 'connect' });
  }

  onHead(head: unknown): void {
    this.#keep({ name: 'head', head });
  }

  onChunk(chunk: unknown, kind: ChunkKind): void {
    this.#keep({ name: 'chunk', chunk, kind });
  }

  onEnd(end: AttemptEnd): void {
    this.#keep({ name: 'end', end });
  }

  onError(failure: Failure): void {
    this.#keep({ name: 'error', failure });
  }

  /** The names of the calls in order, chunks that follow each other taken as one. */
  get order(): string {
    return this.calls
      .map(({ name }) => name)
      .join(' ')
      .replace(/chunk( chunk)+/g, 'chunk');
  }

  /** The failure that the attempt ended in. Throws when it did not. */
  get failure(): Failure {
    const last = this.calls.at(-1);
    assert.ok(last?.name === 'error', `ended in no failure, but as "${this.order}"`);
    return last.failure;
  }

  get isOver(): boolean {
    return this.calls.some(({ name }) => name === 'end' || name === 'error');
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => void this.#waiting.push({ condition, resolve }));
  }

  /** Resolves when the attempt has ended. */
  async over(): Promise<void> {
    await soon(
      this.until(() => this.isOver),
      () => `the attempt did not end: "${this.order}"`,
    );
  }

  #keep(call: SinkCall): void {
    this.calls.push(call);
    this.onCall(call);
    for (const { condition, resolve } of this.#waiting) if (condition()) resolve();
  }
}

/** One attempt under way. */
export interface Attempt {
  readonly sink: SinkRecord;
  readonly control: AttemptControl;
  readonly provider: Provider;
  readonly upstream: ProviderUpstream;
  /** Calls of the sink that came before `attempt` returned. */
  readonly callsAtReturn: number;
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
    try {
      await check({ sink, control, provider, upstream, callsAtReturn });
    } finally {
      control.abort();
      await provider.close?.();
    }
  } finally {
    await upstream.close();
  }
}

/**
 * Resolves with `promise`, which a correct adapter keeps within milliseconds; rejects with `failure` after two seconds,
 * so that one that never does is told in words instead of by the runner's time limit.
 */
export async function soon(promise: Promise<void>, failure: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: failure() })), 2000);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Some turns of the event loop: long enough for whatever an adapter had queued to come out. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
