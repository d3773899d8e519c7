import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  type Provider,
  type QuotaLimits,
  seededRandom,
  type StrategyDefinition,
  type Target,
} from '@plimsoll/core';
import { type ManualClock, manualClock } from '@plimsoll/testkit';

import { fleet } from '../../src/fleet.ts';
import type { QueueOptions } from '../../src/queue/wait-queue.ts';
import { Pool } from '../../src/pool.ts';
import type { Enforcer } from './enforcers.ts';
import { Agenda } from './simulation.ts';

/** The fastest requests travel so long, in milliseconds. */
const SHORTEST_MS = 5;

/** Targets take turns. */
const turns: StrategyDefinition = {
  name: 'turns',
  honoursWeights: false,
  expectedShare: 'equal',
  create() {
    let slots: Int32Array = new Int32Array(0);
    let next = 0;
    return {
      update: (snapshot) => void (slots = snapshot.slots),
      pick(view) {
        for (let step = 0; step < slots.length; step++) {
          const slot = slots[next++ % slots.length]!;
          if (view.admits(slot)) return slot;
        }
        return -1;
      },
    };
  },
};

export interface OfferedPoolOptions {
  readonly seed: number;
  /** Of each key, as the configuration states them. */
  readonly limits: QuotaLimits;
  /** What enforces them: one for each key, or the same one where keys share a limit. */
  readonly enforcers: readonly Enforcer[];
  /** The quota group of all keys. @defaultValue one for each */
  readonly quotaGroup?: string;
  /** Requests travel up to so much longer than the fastest. */
  readonly jitterMs: number;
  readonly queue?: QueueOptions;
}

/** A pool with its real engine under Poisson traffic, on providers that enforce limits and tell of them in every answer. */
export class OfferedPool {
  readonly clock: ManualClock = manualClock();
  readonly pool: Pool;
  offered = 0;
  served = 0;
  /** Answers of 429. */
  throttled = 0;
  accepted = 0;
  /** What the refusals of the pool say: when to come back, in milliseconds of the clock. */
  readonly retryAtMs: (number | undefined)[] = [];
  readonly #agenda = new Agenda();
  readonly #draw: () => number;

  constructor(options: OfferedPoolOptions) {
    const random = seededRandom(options.seed);
    this.#draw = () => random.float();
    const { enforcers, limits, quotaGroup, queue } = options;
    this.pool = new Pool({
      strategy: turns,
      fleet: fleet({
        clock: this.clock,
        random: seededRandom(options.seed),
        quotaGroups: quotaGroup === undefined ? {} : { [quotaGroup]: limits },
      }),
      ...(queue && { queue }),
      targets: enforcers.map((enforcer, key) => ({
        id: `key-${key}`,
        provider: this.#provider(enforcer, options.jitterMs),
        ...(quotaGroup === undefined ? { limits } : { quotaGroup }),
      })),
    });
    this.#beat();
  }

  /** Offers traffic for a time. */
  offer(perMinute: number, minutes: number): Promise<void> {
    const endMs = this.clock.now() + minutes * 60_000;
    const next = (): void => {
      if (this.clock.now() >= endMs) return;
      this.request();
      this.#agenda.add(this.clock.now() + (-Math.log(1 - this.#draw()) * 60_000) / perMinute, next);
    };
    next();
    return this.runUntil(endMs);
  }

  request(): void {
    this.offered++;
    this.pool.start(
      { payload: undefined },
      {
        onHead() {},
        onChunk() {},
        onEnd: () => void this.served++,
        onError: ({ retryAfterMs }) => {
          const atMs = retryAfterMs === undefined ? undefined : this.clock.now() + retryAfterMs;
          this.retryAtMs.push(atMs);
        },
      },
    );
  }

  async runUntil(endMs: number): Promise<void> {
    this.#agenda.add(endMs, () => {});
    for (let event = this.#agenda.next(); event !== undefined; event = this.#agenda.next()) {
      this.clock.advance(Math.max(0, event.atMs - this.clock.now()));
      event.run(this.clock.now());
      // Who is turned away hears of it once `start` has returned.
      await Promise.resolve();
      if (this.clock.now() >= endMs) return;
    }
  }

  /**
   * The engine sends from within its sweeps too, between two events. Steps no longer than the shortest way to a provider
   * let nothing arrive later than it should.
   */
  #beat(): void {
    this.#agenda.add(this.clock.now() + SHORTEST_MS, () => this.#beat());
  }

  /** Begins to count anew. */
  reset(): void {
    this.offered = 0;
    this.served = 0;
    this.throttled = 0;
    this.accepted = 0;
    this.retryAtMs.length = 0;
  }

  #provider(enforcer: Enforcer, jitterMs: number): Provider {
    return {
      name: 'enforcing',
      classify: () => {
        throw new Error('nothing is thrown here');
      },
      attempt: (_target: Target, _request: unknown, sink: AttemptSink): AttemptControl => {
        const arriveMs = this.clock.now() + SHORTEST_MS + this.#draw() * jitterMs;
        this.#agenda.add(arriveMs, () => this.#arrive(enforcer, sink));
        return { pause() {}, resume() {}, abort() {} };
      },
    };
  }

  #arrive(enforcer: Enforcer, sink: AttemptSink): void {
    const nowMs = this.clock.now();
    const { isAccepted, remaining, resetAfterMs, retryAfterMs } = enforcer.arrive(1, nowMs);
    if (isAccepted) this.accepted++;
    else this.throttled++;
    this.#agenda.add(nowMs + 20, () => {
      sink.onConnect();
      sink.onLimits?.([{ dimension: 'requests', windowMs: 60_000, remaining, resetAfterMs }]);
      if (!isAccepted) {
        sink.onError({
          kind: 'throttle',
          verdict: 'cooldown',
          message: 'status 429',
          status: 429,
          retryAfterMs: Math.ceil(retryAfterMs / 1000) * 1000,
          scope: 'key',
          isHealthFailure: false,
        });
        return;
      }
      sink.onHead(undefined);
      sink.onChunk('answer', ChunkKind.content);
      sink.onEnd({ usage: { inputTokens: 10, outputTokens: 10 } });
    });
  }
}
