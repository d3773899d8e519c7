import type { Stats } from '@plimsoll/balancer';

import { Latencies } from './latencies.ts';
import { Series } from './series.ts';
import type { Timeline } from './timeline.ts';

type Counted = Pick<Stats, 'requests' | 'succeeded' | 'attempts'> & { readonly usd: number };

/** What is kept of a pool as a whole: its past in the windows. */
export class PoolWatch {
  /** Requests, those served, first picks, attempts made and US dollars. */
  readonly requests: Series;
  readonly served: Series;
  readonly picks: Series;
  readonly attempts: Series;
  readonly usd: Series;
  /** Attempts that failed. */
  readonly failures: Series;
  /** Requests that were not served, callers' own faults apart; and those of them that no attempt was made for. */
  readonly failed: Series;
  readonly refused: Series;
  readonly firstContent: Latencies;
  /** Sums of what was seen at each look, and how often was looked. */
  readonly inFlight: Series;
  readonly headroom: Series;
  readonly looks: Series;
  readonly headroomLooks: Series;
  #counted: Counted;

  constructor(timeline: Timeline, stats: Stats) {
    this.requests = new Series(timeline);
    this.served = new Series(timeline);
    this.picks = new Series(timeline);
    this.attempts = new Series(timeline);
    this.usd = new Series(timeline);
    this.failures = new Series(timeline);
    this.failed = new Series(timeline);
    this.refused = new Series(timeline);
    this.inFlight = new Series(timeline);
    this.headroom = new Series(timeline);
    this.looks = new Series(timeline);
    this.headroomLooks = new Series(timeline);
    this.firstContent = new Latencies(timeline, 1);
    this.#counted = counted(stats);
  }

  /** Takes up the numbers as they stand now, and how many first picks there were since the last time. */
  take(stats: Stats, picks: number): void {
    const before = this.#counted;
    const now = counted(stats);
    this.#counted = now;
    this.requests.add(now.requests - before.requests);
    this.served.add(now.succeeded - before.succeeded);
    this.attempts.add(now.attempts - before.attempts);
    // Targets that left took what they had cost with them.
    this.usd.add(Math.max(0, now.usd - before.usd));
    this.picks.add(picks);
    this.inFlight.add(inFlightOf(stats));
    this.looks.add(1);
  }

  onHeadroom(timesNow: number | null): void {
    if (timesNow === null) return;
    this.headroom.add(timesNow);
    this.headroomLooks.add(1);
  }
}

/** Requests that have a target and are not ended. */
export function inFlightOf(stats: Stats): number {
  const { requests, succeeded, failed, aborted, queued } = stats;
  return Math.max(0, requests - succeeded - failed - aborted - queued);
}

function counted({ requests, succeeded, attempts, targets }: Stats): Counted {
  const usd = targets.reduce((sum, { costUsd }) => sum + costUsd, 0);
  return { requests, succeeded, attempts, usd };
}
