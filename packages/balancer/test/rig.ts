import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type Provider,
  type Request,
  seededRandom,
  type StrategyDefinition,
  type Target,
} from '@plimsoll/core';
import { type ManualClock, manualClock } from '@plimsoll/testkit';

import type { BalancerOptions, FleetOptions, TargetOptions } from '../src/options.ts';
import { FleetState } from '../src/fleet.ts';
import { Pool } from '../src/pool.ts';
import type { Call, CallFailure, Result, Sink } from '../src/sink.ts';

/** Takes the first admissible target, in the order of the configuration. */
export const inOrder: StrategyDefinition = {
  name: 'in-order',
  honoursWeights: false,
  expectedShare: 'none',
  create() {
    let slots: Int32Array = new Int32Array(0);
    return {
      update: (snapshot) => void (slots = snapshot.slots),
      pick: (view) => slots.find((slot) => view.admits(slot)) ?? -1,
    };
  },
};

/** One attempt that a test drives by hand. */
export class HandAttempt implements AttemptControl {
  isAborted = false;
  isPaused = false;
  readonly target: Target;
  readonly sink: AttemptSink;

  constructor(target: Target, sink: AttemptSink) {
    this.target = target;
    this.sink = sink;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  abort(): void {
    this.isAborted = true;
  }

  /** Connects and gives a head and one chunk of content. */
  content(chunk: unknown = 'hello'): this {
    this.sink.onConnect();
    this.sink.onHead('head');
    this.sink.onChunk(chunk, ChunkKind.content);
    return this;
  }

  /** Gives a whole answer. */
  answer(chunk: unknown = 'hello', usage?: { inputTokens: number; outputTokens: number }): void {
    this.content(chunk);
    this.sink.onEnd({ usage });
  }

  fail(failure: Partial<Failure> = {}): void {
    this.sink.onError({ ...serverFault, ...failure });
  }
}

export const serverFault: Failure = {
  kind: 'server',
  verdict: 'failover',
  message: 'status 500',
  status: 500,
  isHealthFailure: true,
};

/** A provider whose attempts are kept for the test to drive. */
export class HandProvider implements Provider {
  readonly name: string;
  readonly attempts: HandAttempt[] = [];

  constructor(name = 'hand') {
    this.name = name;
  }

  attempt(target: Target, _request: Request, sink: AttemptSink): HandAttempt {
    const attempt = new HandAttempt(target, sink);
    this.attempts.push(attempt);
    return attempt;
  }

  classify(error: unknown): Failure {
    return { ...serverFault, cause: error };
  }

  get last(): HandAttempt {
    return this.attempts.at(-1)!;
  }
}

/** What a sink heard, in order. */
export class Heard implements Sink {
  readonly log: string[] = [];
  result: Result | undefined = undefined;
  failure: CallFailure | undefined = undefined;

  onHead(head: unknown): void {
    this.log.push(String(head));
  }

  onChunk(chunk: unknown): void {
    this.log.push(String(chunk));
  }

  onEnd(result: Result): void {
    this.log.push('end');
    this.result = result;
  }

  onError(failure: CallFailure): void {
    this.log.push(failure.code);
    this.failure = failure;
  }
}

export interface Rig {
  readonly clock: ManualClock;
  readonly provider: HandProvider;
  readonly pool: Pool;
  readonly fleet: FleetState;
  readonly start: (traits?: Omit<Request, 'payload'>) => { call: Call; heard: Heard };
  readonly inFlight: () => number;
}

/** A pool of the given targets under a manual clock. */
export function rig(
  targets: readonly (string | Partial<TargetOptions>)[],
  options: Partial<BalancerOptions> = {},
  fleetOptions: FleetOptions = {},
): Rig {
  const clock = manualClock();
  const provider = new HandProvider();
  const fleet = new FleetState({ clock, random: seededRandom(1), ...fleetOptions });
  const pool = new Pool({
    strategy: inOrder,
    fleet,
    ...options,
    targets: targets.map((target) =>
      typeof target === 'string'
        ? { id: target, provider }
        : ({ provider, ...target } as TargetOptions),
    ),
  });
  return {
    clock,
    provider,
    pool,
    fleet,
    start(traits = {}) {
      const heard = new Heard();
      const call = pool.start({ ...traits, payload: undefined }, heard);
      return { call, heard };
    },
    inFlight: () => fleet.hot.inFlight.reduce((sum, count) => sum + count, 0),
  };
}
