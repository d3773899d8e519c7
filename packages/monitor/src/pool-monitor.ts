import type { CallFailure, Stats } from '@plimsoll/balancer';
import type { Clock } from '@plimsoll/core';

import { attention, gapWords, type Watched } from './attention.ts';
import { DecisionLog } from './decision-log.ts';
import { EventLog } from './event-log.ts';
import { explainedCall } from './explained.ts';
import { figures } from './figures.ts';
import { headroom, sharesLimitsWith } from './headroom.ts';
import type { Monitor, MonitoredBalancer } from './monitor.ts';
import { inFlightOf, PoolWatch } from './pool-watch.ts';
import { lastMinute, meanUse, paceOf, perSecond } from './rates.ts';
import { ShareWatch } from './share-watch.ts';
import { TargetEvents } from './target-events.ts';
import { targetView } from './target-view.ts';
import type { TargetWatch } from './target-watch.ts';
import { bucketShares, TargetWatches } from './target-watches.ts';
import { Timeline } from './timeline.ts';
import { isUsable, verdict } from './verdict.ts';
import {
  type Bucket,
  BUCKETS,
  type DecisionRow,
  type Explained,
  type Figures,
  type History,
  type MonitorEvent,
  type PoolSummary,
  type PoolView,
  type WindowName,
  WINDOWS,
} from './view.ts';

/** Events and calls given when no number is asked for. */
const ROWS = 50;

/** The state behind a `Monitor`. */
export class PoolMonitor implements Monitor {
  readonly name: string;
  readonly #balancer: MonitoredBalancer;
  readonly #clock: Clock;
  #accepts: readonly string[];
  readonly #timeline: Timeline;
  readonly #pool: PoolWatch;
  readonly #targets: TargetWatches;
  readonly #shares: ShareWatch;
  readonly #events = new EventLog();
  readonly #targetEvents: TargetEvents;
  readonly #decisions: DecisionLog;
  /** As they stood at the last look. */
  #stats: Stats;
  readonly #stops: readonly (() => void)[];

  constructor(
    balancer: MonitoredBalancer,
    clock: Clock,
    fairnessBound: number,
    accepts: readonly string[],
  ) {
    this.name = balancer.name;
    this.#balancer = balancer;
    this.#clock = clock;
    this.#accepts = accepts;
    this.#timeline = new Timeline(clock);
    this.#stats = balancer.stats();
    this.#pool = new PoolWatch(this.#timeline, this.#stats);
    this.#targets = new TargetWatches(this.#timeline);
    this.#targets.take(balancer.targets(), this.#stats, true);
    this.#shares = new ShareWatch(this.#timeline, this.#pool.picks, fairnessBound);
    this.#targetEvents = new TargetEvents(this.#timeline, this.#events);
    this.#decisions = new DecisionLog({
      pool: this.name,
      decisions: () => balancer.decisions(),
      slowStartRatio: (id) => this.#targets.find(id)?.stats.slowStart?.ratio,
    });
    this.#stops = this.#listen();
  }

  tick(): void {
    const beforeMs = this.#timeline.nowMs;
    this.#stats = this.#balancer.stats();
    const picks = this.#targets.take(this.#balancer.targets(), this.#stats, false);
    this.#pool.take(this.#stats, picks);
    this.#pool.onHeadroom(this.#headroom().timesNow);
    this.#timeline.advance(this.#clock.now());
    this.#targetEvents.tell((id) => this.#targets.find(id));
    for (const [{ target, isOffLine }, gap] of this.#shares.look(this.#targets.present, beforeMs)) {
      this.#events.add({
        epochMs: Math.round(this.#timeline.epochOf(this.#timeline.nowMs)),
        target: target.id,
        kind: isOffLine ? 'off_line' : 'on_line',
        text: `${isOffLine ? 'takes' : 'is back on its line, takes'} ${gapWords(gap)}`,
      });
    }
  }

  view(window: WindowName = '5m'): PoolView {
    const targets = this.#watched(window);
    const { failed, refused } = this.#pool;
    return {
      id: this.name,
      strategy: this.#balancer.strategy,
      accepts: this.#accepts,
      verdict: verdict(this.#targets.present, this.#stats, this.#shares, {
        failed: lastMinute(failed, this.#timeline),
        refused: lastMinute(refused, this.#timeline),
      }),
      attention: attention(targets),
      figures: this.#figures(window),
      targets: targets.map(({ view }) => view),
    };
  }

  summary(): PoolSummary {
    const { present } = this.#targets;
    const targets = this.#watched('5m');
    const wanting = new Set(attention(targets).map(({ target }) => target));
    const weights = present.reduce((sum, { stats }) => sum + stats.weight, 0);
    return {
      id: this.name,
      strategy: this.#balancer.strategy,
      usable: present.filter(isUsable).length,
      total: present.length,
      ratePerSecond: perSecond(this.#pool.requests, this.#timeline),
      levels: targets.map(({ view: { actualShare, weight } }) =>
        actualShare === null || weight === 0 ? null : (actualShare * weights) / weight,
      ),
      wantsAttention: targets.map(({ view }) => wanting.has(view.id)),
    };
  }

  history(window: WindowName = '5m'): History {
    const columns = this.#targets.columns(window);
    const first = this.#timeline.running[window] - BUCKETS + 1;
    return {
      window,
      bucketMs: WINDOWS[window].bucketMs,
      targets: columns.map(({ target }) => target.id),
      buckets: Array.from({ length: BUCKETS }, (_, index) =>
        this.#bucketAt(window, first + index, columns),
      ),
    };
  }

  columns(window: WindowName = '5m'): string[] {
    return this.#targets.columns(window).map(({ target }) => target.id);
  }

  bucket(window: WindowName = '5m', age: number = 0): Bucket {
    const number = this.#timeline.running[window] - age;
    return this.#bucketAt(window, number, this.#targets.columns(window));
  }

  decisions(limit: number = ROWS): DecisionRow[] {
    return this.#decisions.rows(limit);
  }

  explained(callId: number): Explained | undefined {
    const call = this.#decisions.find(callId);
    return call && explainedCall(call, this.name, this.#retryBudgetUsed());
  }

  events(limit: number = ROWS): MonitorEvent[] {
    return this.#events.recent(limit);
  }

  onEvent(listener: (event: MonitorEvent) => void): () => void {
    return this.#events.on(listener);
  }

  note(text: string): void {
    const epochMs = this.#timeline.epochOf(this.#clock.now());
    this.#events.add({ epochMs: Math.round(epochMs), target: null, kind: 'config', text });
  }

  accept(names: readonly string[]): void {
    this.#accepts = names;
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #listen(): (() => void)[] {
    const balancer = this.#balancer;
    return [
      balancer.on('success', (result) => {
        const { target, firstContentMs, attemptFirstContentMs } = result;
        this.#pool.firstContent.add(firstContentMs);
        this.#targets.find(target.id)?.firstContent.add(attemptFirstContentMs);
        this.#decisions.onServed(result);
      }),
      balancer.on('failure', (failure) => this.#onFailure(failure)),
      balancer.on('aborted', ({ callId }) => this.#decisions.onEnd(callId, { outcome: 'aborted' })),
      balancer.on('attemptFailed', ({ target, failure }) => {
        this.#pool.failures.add(1);
        this.#targetEvents.onAttemptFailed(target, failure);
        this.#targets.find(target.id)?.onFailure(failure, this.#clock.now());
      }),
      balancer.on('target', (event) => {
        const watch = this.#targets.find(event.target.id);
        this.#targetEvents.onChange(event, watch, this.#clock.now());
      }),
    ];
  }

  #onFailure({ id, attempts, failure }: CallFailure): void {
    this.#decisions.onEnd(id, { outcome: 'failed' });
    // What the caller asked for could not be served by anyone.
    if (failure?.verdict === 'fail' || failure?.verdict === 'conditional') return;
    this.#pool.failed.add(1);
    if (attempts === 0) this.#pool.refused.add(1);
  }

  #watched(window: WindowName): Watched[] {
    const { present } = this.#targets;
    const nowMs = this.#clock.now();
    const epochMs = this.#clock.epochMs();
    const timeline = this.#timeline;
    const shares = this.#shares.sharesOf(present);
    return present.map((watch, index) => {
      const own = paceOf([watch], timeline);
      const isShared = watch.stats.quotas.some(({ scope }) => scope === 'group');
      const sharers = isShared ? present.filter(sharesLimitsWith(watch.target)) : [watch];
      const shared = isShared ? paceOf(sharers, timeline) : own;
      const actualShare = shares[index]!;
      const context = { timeline, window, actualShare, own, shared, nowMs, epochMs };
      return { watch, gap: this.#shares.gapOf(watch), view: targetView(watch, context) };
    });
  }

  #figures(window: WindowName): Figures {
    return figures(this.#pool, this.#timeline, window, {
      inFlight: inFlightOf(this.#stats),
      headroom: this.#headroom(),
      hasPrices: this.#targets.present.some(({ target }) => target.price !== undefined),
    });
  }

  #headroom(): Omit<Figures['headroom'], 'points'> {
    const { present } = this.#targets;
    const rate = perSecond(this.#pool.requests, this.#timeline);
    return headroom(present.filter(isUsable), meanUse(present), rate, this.#clock.now());
  }

  /** Retries of the last minute, as a part of those that its requests have earned. */
  #retryBudgetUsed(): number | null {
    const of = (series: PoolWatch['requests']): number => lastMinute(series, this.#timeline);
    const { requests, attempts, picks } = this.#pool;
    const earned = of(requests) * this.#stats.retryRatio;
    return earned === 0 ? null : Math.max(0, of(attempts) - of(picks)) / earned;
  }

  #bucketAt(window: WindowName, number: number, columns: readonly TargetWatch[]): Bucket {
    return {
      startEpochMs: number * WINDOWS[window].bucketMs,
      ...bucketShares(columns, window, number),
      firstContentMs: this.#pool.firstContent.between(window, number, number),
    };
  }
}
