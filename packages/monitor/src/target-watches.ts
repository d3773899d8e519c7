import type { Stats } from '@plimsoll/balancer';
import type { Target } from '@plimsoll/core';

import { TargetWatch } from './target-watch.ts';
import type { Timeline } from './timeline.ts';
import { type Bucket, BUCKETS, type WindowName, WINDOWS } from './view.ts';

/** The targets of a pool as they are watched: those in it, and those that left and whose past is still shown. */
export class TargetWatches {
  /** In the order of the configuration. */
  present: readonly TargetWatch[] = [];
  readonly #byId = new Map<string, TargetWatch>();
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  find(id: string): TargetWatch | undefined {
    return this.#byId.get(id);
  }

  /**
   * Takes up the numbers of all targets.
   *
   * @param isFirst - what they count is from before the watching.
   * @returns first picks since the last time.
   */
  take(targets: readonly Target[], stats: Stats, isFirst: boolean): number {
    const byId = new Map(targets.map((target) => [target.id, target]));
    let picks = 0;
    this.present = stats.targets.map((one) => {
      const target = byId.get(one.id)!;
      const watch =
        this.#byId.get(one.id) ?? new TargetWatch(target, one, this.#timeline, !isFirst);
      this.#byId.set(one.id, watch);
      picks += watch.take(target, one);
      return watch;
    });
    const { nowMs } = this.#timeline;
    for (const [id, watch] of this.#byId) {
      if (byId.has(id)) continue;
      watch.leftAtMs ??= nowMs;
      watch.isOffLine = false;
      if (nowMs - watch.leftAtMs > BUCKETS * WINDOWS['24h'].bucketMs) this.#byId.delete(id);
    }
    return picks;
  }

  /** The targets that buckets of `window` are told for: those in the pool, then those that have a past in it. */
  columns(window: WindowName): TargetWatch[] {
    const gone = [...this.#byId.values()].filter(
      ({ leftAtMs, requests }) => leftAtMs !== undefined && requests.total(window) > 0,
    );
    return [...this.present, ...gone];
  }
}

/** First picks of a bucket and those that were promised, by target. */
export function bucketShares(
  columns: readonly TargetWatch[],
  window: WindowName,
  number: number,
): Pick<Bucket, 'requests' | 'expected'> {
  const isPromised = columns.some(({ stats }) => stats.promisedShare !== undefined);
  return {
    requests: columns.map(({ requests }) => requests.at(window, number)),
    expected: isPromised ? columns.map(({ expected }) => expected.at(window, number)) : null,
  };
}
