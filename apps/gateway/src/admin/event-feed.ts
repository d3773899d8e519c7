import type { BalancerEvents, TargetChanged } from '@plimsoll/balancer';
import type { Failure } from '@plimsoll/core';
import type { MonitorEvent } from '@plimsoll/monitor';

import type { ServedPool } from '../pool-directory.ts';
import type { Difference } from '../live/difference.ts';

/** What is told to those who follow the events: a name, and data without content of requests and without keys. */
export interface FeedEvent {
  readonly name: 'target' | 'success' | 'failure' | 'attemptFailed' | 'change' | 'fairness';
  readonly data: Readonly<Record<string, unknown>>;
}

type Follower = (event: FeedEvent) => void;

/** The events of all pools, for as many followers as there are. Without any, the pools are not listened to. */
export class EventFeed {
  readonly #followers = new Set<Follower>();
  readonly #stops: (() => void)[] = [];
  readonly #onClose = new Set<() => void>();
  #pools: readonly ServedPool[];

  constructor(pools: readonly ServedPool[]) {
    this.#pools = pools;
  }

  /** The pools are others from now on, by this difference. */
  change(pools: readonly ServedPool[], difference: Difference): void {
    this.#pools = pools;
    if (this.#followers.size > 0) {
      this.#stop();
      this.#listen();
    }
    this.#tell({ name: 'change', data: { difference } });
  }

  /** A target of the pool is off its line, or back on it. */
  tellFairness(pool: string, { target, kind, text }: MonitorEvent): void {
    this.#tell({ name: 'fairness', data: { pool, target, change: kind, reason: text } });
  }

  /** Calls `follower` for each event, and `onClose` when there will be no more; returns the way to stop that. */
  follow(follower: Follower, onClose: () => void): () => void {
    if (this.#followers.size === 0) this.#listen();
    this.#followers.add(follower);
    this.#onClose.add(onClose);
    return () => {
      this.#followers.delete(follower);
      this.#onClose.delete(onClose);
      if (this.#followers.size === 0) this.#stop();
    };
  }

  /** The gateway goes away. */
  close(): void {
    for (const onClose of this.#onClose) onClose();
  }

  #listen(): void {
    for (const { name: pool, balancer } of this.#pools) {
      const on = <Name extends keyof BalancerEvents & FeedEvent['name']>(
        name: Name,
        dataOf: (event: BalancerEvents[Name]) => FeedEvent['data'],
      ): void => {
        const tell = (event: BalancerEvents[Name]): void =>
          this.#tell({ name, data: { pool, ...dataOf(event) } });
        this.#stops.push(balancer.on(name, tell));
      };
      on('target', targetData);
      on('success', ({ target, ...result }) => ({ ...result, target: target.id }));
      on('failure', ({ id, code, target, failure, attempts, latencyMs }) => ({
        id,
        code,
        target: target?.id,
        failure: failure && failureData(failure),
        attempts,
        latencyMs,
      }));
      on('attemptFailed', ({ callId, target, failure, attempt }) => ({
        id: callId,
        target: target.id,
        attempt,
        failure: failureData(failure),
      }));
    }
  }

  #stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #tell(event: FeedEvent): void {
    for (const follower of this.#followers) follower(event);
  }
}

function targetData({ target, change, reason }: TargetChanged): FeedEvent['data'] {
  return { target: target.id, change, reason };
}

/** Without the provider's message, since it may quote the request. */
function failureData({ kind, verdict, status, code }: Failure): object {
  return { kind, verdict, status, code };
}
