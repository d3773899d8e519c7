import type {
  Clock,
  HealthDefinition,
  QuotaLimits,
  Provider,
  SeededRandom,
  SpendingLimits,
  StrategyDefinition,
  Target,
} from '@plimsoll/core';

import type { Fleet } from './fleet.ts';
import type { HedgeOptions } from './hedging.ts';
import type { QueueOptions } from './queue/wait-queue.ts';
import type { ProbeOptions } from './prober.ts';
import type { SlowStartOptions } from './slow-start.ts';

/** A target as it is configured: everything but `id` has a default. */
export type TargetOptions = { readonly id: string; readonly provider?: Provider } & Partial<
  Omit<Target, 'id' | 'provider'>
>;

/** Options of `balancer`. */
export interface BalancerOptions {
  /** The pool's name, in events, metrics and errors. @defaultValue `default` */
  readonly name?: string;
  readonly strategy: StrategyDefinition;
  /** Ids must be unique; all weights stated or none, each >= 0 and not all 0. May be empty and filled later. */
  readonly targets: readonly TargetOptions[];
  readonly timeouts?: TimeoutOptions;
  readonly retry?: RetryOptions;
  /** How this pool's targets are judged. @defaultValue `breaker()`: five failures in a row */
  readonly health?: HealthDefinition;
  /**
   * How a target whose breaker has closed, or that was told to grow slowly, gets its share back; `false` for at once.
   * @defaultValue over 30 s
   */
  readonly slowStart?: SlowStartOptions | false;
  /**
   * Targets that statistics ejected are used while the share of healthy ones is below this, 0 to 1. Overrides no
   * cool-down, no breaker opened by failures in a row, and no residency.
   * @defaultValue 0, never
   */
  readonly panicRatio?: number;
  /** A second attempt for requests without content after a while. @defaultValue off */
  readonly hedge?: HedgeOptions;
  /** Going on elsewhere with streams that break off after content. @defaultValue off */
  readonly rescue?: RescueOptions;
  /** What the pool may spend. @defaultValue no bound */
  readonly budget?: SpendingLimits;
  /** Waiting for quota and concurrency. @defaultValue up to 1,000 requests for up to 10 s */
  readonly queue?: QueueOptions;
  /** Probes beside the requests. @defaultValue off */
  readonly probe?: ProbeOptions;
  /**
   * Shares targets, and what is known of them, with other pools: a target named by several pools is one target.
   * @defaultValue a fleet of this pool alone
   */
  readonly fleet?: Fleet;
  /** Decisions kept for `explain` and `decisions()`, an integer >= 0. @defaultValue 1000 */
  readonly decisions?: number;
}

/** Options of `fleet`: what all pools of a process share. */
export interface FleetOptions {
  readonly clock?: Clock;
  readonly random?: SeededRandom;
  /** Limits of quota groups by name, for all targets whose `quotaGroup` it is; they hold for each model by itself. */
  readonly quotaGroups?: Readonly<Record<string, QuotaLimits>>;
}

/** Time limits, in milliseconds, each > 0. */
export interface TimeoutOptions {
  /** Until the connection stands. @defaultValue 5000 */
  readonly connectMs?: number;
  /** Streams only: until the first content; starts anew with any event of the model. @defaultValue 30000 */
  readonly firstContentMs?: number;
  /** Between two chunks, and for a caller that reads no further. @defaultValue 60000 */
  readonly idleMs?: number;
  /** Streams: over attempts and back-off, up to the first content. A request that is no stream has `totalMs`. @defaultValue 60000 */
  readonly deadlineMs?: number;
  /** From the request's start to its last byte. @defaultValue 600000 */
  readonly totalMs?: number;
}

/** How a stream that breaks off after content is gone on with. */
export interface RescueOptions {
  /** Whether a target with another model may go on. @defaultValue false */
  readonly acrossModels?: boolean;
  /**
   * Characters of an answer that are held until it is committed, an integer >= 0: a break before that fails over unseen,
   * at the price of a later first content.
   * @defaultValue 0
   */
  readonly holdBack?: number;
}

/** When a failed attempt is followed by another. */
export interface RetryOptions {
  /** Whether a request refused for what it says is tried with another provider. @defaultValue false */
  readonly policyFailover?: boolean;
  /** Retries earned by each request, 0 to 1. @defaultValue 0.2 */
  readonly budgetRatio?: number;
  /** Retries that can be saved up, >= 0. @defaultValue 100 */
  readonly budgetCap?: number;
  /** Retries available at start, 0 to `budgetCap`. @defaultValue 20 */
  readonly budgetInitial?: number;
  /** First step of the back-off before the same target is tried again, in milliseconds; doubled each time, full jitter. @defaultValue 100 */
  readonly backoffMs?: number;
  /** Longest back-off, in milliseconds. @defaultValue 5000 */
  readonly backoffMaxMs?: number;
}
