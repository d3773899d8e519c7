import { type Balancer, systemClock } from '@plimsoll/balancer';
import { type Clock, optionError } from '@plimsoll/core';

import { PoolMonitor } from './pool-monitor.ts';
import type {
  Bucket,
  DecisionRow,
  Explained,
  History,
  MonitorEvent,
  PoolSummary,
  PoolView,
  WindowName,
} from './view.ts';

/** What a monitor asks of a balancer. */
export type MonitoredBalancer = Pick<
  Balancer,
  'name' | 'strategy' | 'on' | 'stats' | 'targets' | 'decisions'
>;

/** Options of `monitor`. */
export interface MonitorOptions {
  /** The one the balancer has. @defaultValue the system's */
  readonly clock?: Clock;
  /** Names that clients write as `model`. @defaultValue the balancer's name */
  readonly accepts?: readonly string[];
  /**
   * How far a target's share may be from the expected one, more than 0 and at most 1, before it is off its line. Half of
   * the expected share is far enough, where that is less.
   * @defaultValue 0.1
   */
  readonly fairnessBound?: number;
}

/** One pool, watched: what is shown of it. */
export interface Monitor {
  readonly name: string;
  /** Takes a look. To be called once a second; all else tells what was seen at the last look. */
  tick(): void;
  /** All there is to show of the pool, its figures over `window`. @defaultValue window `5m` */
  view(window?: WindowName): PoolView;
  /** What a list of pools shows of it. */
  summary(): PoolSummary;
  /** Its past, oldest bucket first. @defaultValue window `5m` */
  history(window?: WindowName): History;
  /** The targets that the buckets of `window` are told for, as `history(window).targets`. @defaultValue window `5m` */
  columns(window?: WindowName): string[];
  /** The running bucket of `window`, or the one so many before it. @defaultValue window `5m`, age 0 */
  bucket(window?: WindowName, age?: number): Bucket;
  /** Recent calls, newest first; half of them notable ones, if there are as many. @defaultValue limit 50 */
  decisions(limit?: number): DecisionRow[];
  /** The call with this id, explained; undefined when it is forgotten. */
  explained(callId: number): Explained | undefined;
  /** What happened of late, newest first. @defaultValue limit 50 */
  events(limit?: number): MonitorEvent[];
  /** Calls `listener` for each event; returns the way to stop that. */
  onEvent(listener: (event: MonitorEvent) => void): () => void;
  /** Notes an event that the balancer does not know of: a change of the configuration. */
  note(text: string): void;
  /** Names that clients write as `model`, from now on. */
  accept(names: readonly string[]): void;
  /** Watches no more. */
  stop(): void;
}

/**
 * Watches a pool.
 *
 * It counts what the balancer tells, which costs two logarithms and a dozen additions per request, and takes a look at its
 * numbers whenever `tick` is called. It has no timer of its own.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a bound out of range.
 */
export function monitor(balancer: MonitoredBalancer, options: MonitorOptions = {}): Monitor {
  const { clock = systemClock, fairnessBound = 0.1, accepts = [balancer.name] } = options;
  if (!(fairnessBound > 0 && fairnessBound <= 1)) {
    throw optionError('monitor', 'fairnessBound', 'more than 0 and at most 1', fairnessBound);
  }
  return new PoolMonitor(balancer, clock, fairnessBound, accepts);
}
