import {
  type Balancer,
  balancer,
  type BalancerOptions,
  fleet,
  type TargetOptions,
} from '@plimsoll/balancer';
import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type Provider,
  type Request,
  seededRandom,
  type SeededRandom,
  type StrategyDefinition,
  type Target,
} from '@plimsoll/core';
import { type ManualClock, manualClock } from '@plimsoll/testkit';

import { type Monitor, monitor, type MonitorOptions } from '../src/index.ts';

export const START_EPOCH_MS: number = Date.UTC(2026, 0, 1);

/** By weight, each pick a draw: shares as noisy as they may be. */
export const draws: StrategyDefinition = {
  name: 'draws',
  honoursWeights: true,
  expectedShare: 'by_weight',
  create({ random }) {
    let slots: Int32Array = new Int32Array(0);
    let weights: Float64Array = new Float64Array(0);
    return {
      update: (snapshot) => {
        ({ slots, weights } = snapshot);
      },
      pick(view) {
        let total = 0;
        for (let index = 0; index < slots.length; index++) {
          if (view.admits(slots[index]!)) total += weights[index]!;
        }
        let left = random.float() * total;
        for (let index = 0; index < slots.length; index++) {
          if (!view.admits(slots[index]!)) continue;
          left -= weights[index]!;
          if (left < 0) return slots[index]!;
        }
        return total > 0 ? slots.findLast((slot) => view.admits(slot))! : -1;
      },
    };
  },
};

/** What becomes of an attempt on a target. */
export type Behaviour =
  | {
      readonly firstContentMs: number;
      readonly inputTokens?: number;
      readonly outputTokens?: number;
    }
  | { readonly failure: Failure };

interface Due {
  readonly atMs: number;
  readonly run: () => void;
}

/** A provider whose targets behave as they are told, in the time of the manual clock. */
export class StagedProvider implements Provider {
  readonly name: string;
  readonly behaviours: Map<string, Behaviour> = new Map();
  readonly due: Due[] = [];
  readonly #clock: ManualClock;

  constructor(name: string, clock: ManualClock) {
    this.name = name;
    this.#clock = clock;
  }

  attempt(target: Target, _request: Request, sink: AttemptSink): AttemptControl {
    const behaviour = this.behaviours.get(target.id) ?? { firstContentMs: 100 };
    let isAborted = false;
    const at = (ms: number, run: () => void): void => {
      this.due.push({ atMs: this.#clock.now() + ms, run: () => void (isAborted || run()) });
    };
    if ('failure' in behaviour) {
      at(1, () => sink.onError(behaviour.failure));
    } else {
      const { firstContentMs, inputTokens = 100, outputTokens = 50 } = behaviour;
      at(firstContentMs, () => {
        sink.onConnect();
        sink.onHead('head');
        sink.onChunk('text', ChunkKind.content);
        sink.onEnd({ usage: { inputTokens, outputTokens } });
      });
    }
    return {
      pause() {},
      resume() {},
      abort() {
        isAborted = true;
      },
    };
  }

  classify(): Failure {
    return serverFault;
  }
}

export const serverFault: Failure = {
  kind: 'server',
  verdict: 'failover',
  message: 'secret words of the provider',
  status: 502,
  isHealthFailure: true,
};

export const noConnection: Failure = {
  kind: 'network',
  verdict: 'failover',
  message: 'connect ECONNREFUSED',
  code: 'ECONNREFUSED',
  isHealthFailure: true,
};

export const throttled: Failure = {
  kind: 'throttle',
  verdict: 'cooldown',
  message: 'secret words of the provider',
  status: 429,
  exhausted: 'tokens',
  scope: 'target',
  retryAfterMs: 60_000,
  isHealthFailure: false,
};

/** A pool under a monitor and a manual clock. */
export interface Rig {
  readonly clock: ManualClock;
  readonly pool: Balancer;
  readonly watch: Monitor;
  readonly providers: readonly StagedProvider[];
  /** What the targets do from now on, by id. */
  behave(id: string, behaviour: Behaviour): void;
  request(traits?: Omit<Request, 'payload'>): void;
  /** Lets so many seconds go by, with so many requests in each, and a look after each. */
  run(seconds: number, perSecond: number, traits?: Omit<Request, 'payload'>): void;
}

export type RigTarget = Omit<TargetOptions, 'provider'> & { readonly from?: string };

/** A rig of these targets; `from` names a target's provider. */
export function rig(
  targets: readonly RigTarget[],
  options: Partial<BalancerOptions> = {},
  watching: Omit<MonitorOptions, 'clock'> = {},
  random: SeededRandom = seededRandom(1),
): Rig {
  const clock = manualClock();
  const providers = new Map<string, StagedProvider>();
  const providerOf = (name: string): StagedProvider => {
    const known = providers.get(name) ?? new StagedProvider(name, clock);
    providers.set(name, known);
    return known;
  };
  const pool = balancer({
    name: 'chat',
    strategy: draws,
    fleet: fleet({ clock, random }),
    ...options,
    targets: targets.map(({ from = 'one', ...target }) => ({
      ...target,
      provider: providerOf(from),
    })),
  });
  const watch = monitor(pool, { clock, ...watching });
  const all = [...providers.values()];
  const sink = { onHead() {}, onChunk() {}, onEnd() {}, onError() {} };
  const settle = (untilMs: number): void => {
    const dues = all.flatMap(({ due }) => due.splice(0));
    for (const { atMs, run } of dues.sort((a, b) => a.atMs - b.atMs)) {
      if (atMs > untilMs) {
        all[0]!.due.push({ atMs, run });
        continue;
      }
      if (atMs > clock.now()) clock.advance(atMs - clock.now());
      run();
    }
  };
  const advanceTo = (untilMs: number): void => {
    // What is answered may bring about more that falls due before then.
    while (all.some(({ due }) => due.some(({ atMs }) => atMs <= untilMs))) settle(untilMs);
    if (untilMs > clock.now()) clock.advance(untilMs - clock.now());
  };
  const request = (traits: Omit<Request, 'payload'> = {}): void => {
    pool.start({ payload: undefined, isStream: true, inputTokens: 100, ...traits }, sink);
  };
  return {
    clock,
    pool,
    watch,
    providers: all,
    behave(id, behaviour) {
      for (const provider of all) provider.behaviours.set(id, behaviour);
    },
    request,
    run(seconds, perSecond, traits) {
      for (let second = 0; second < seconds; second++) {
        const startMs = clock.now();
        for (let index = 0; index < perSecond; index++) {
          advanceTo(startMs + (index * 1000) / perSecond);
          request(traits);
        }
        advanceTo(startMs + 1000);
        watch.tick();
      }
    },
  };
}
