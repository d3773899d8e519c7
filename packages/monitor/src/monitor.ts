import {
  type Balancer,
  type CallFailure,
  type Stats,
  systemClock,
  type TargetChanged,
  type TargetStats,
} from '@plimsoll/balancer';
import { type Clock, type Failure, optionError, type Target } from '@plimsoll/core';

import { attention, gapWords, type Watched } from './attention.ts';
import { commonCause } from './common-cause.ts';
import { DecisionLog } from './decision-log.ts';
import { EventLog } from './event-log.ts';
import { explainedCall } from './explained.ts';
import { failureWords } from './failure-words.ts';
import { figures } from './figures.ts';
import { headroom, type MeanUse, sharesLimitsWith } from './headroom.ts';
import { inFlightOf, PoolWatch } from './pool-watch.ts';
import type { Pace } from './quotas.ts';
import { judge, type ShareGap, shareGaps, shareSpan, type Span } from './shares.ts';
import { TargetWatch } from './target-watch.ts';
import { targetView } from './target-view.ts';
import { Timeline } from './timeline.ts';
import { troubleWords } from './trouble.ts';
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
  type Verdict,
  type WindowName,
  WINDOWS,
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
   * the expected share is, where that is less.
   * @defaultValue 0.1
   */
  readonly fairnessBound?: number;
}

/** One pool, watched: what is shown of it. */
export interface Monitor {
  readonly name: string;
  /** Takes a look. To be called once a second; all else tells what was seen at the last look. */
  tick(): void;
  /** All there is to show of the pool, its figures over `window`. */
  view(window?: WindowName): PoolView;
  summary(): PoolSummary;
  /** Its past, oldest bucket first. */
  history(window?: WindowName): History;
  /** The targets that the buckets of `window` are told for, as `history(window).targets`. */
  columns(window?: WindowName): string[];
  /** The running bucket of `window`, or the one so many before it. */
  bucket(window?: WindowName, age?: number): Bucket;
  /**
   * Recent calls, newest first; half of them notable ones, if there are as many.
   *
   * @defaultValue limit 50
   */
  decisions(limit?: number): DecisionRow[];
  /** The call with this id, explained; undefined when it is forgotten. */
  explained(callId: number): Explained | undefined;
  /** What happened of late, newest first. @defaultValue limit 50 */
  events(limit?: number): MonitorEvent[];
  /** Calls `listener` for each event; returns the way to stop that. */
  onEvent(listener: (event: MonitorEvent) => void): () => void;
  /** Notes an event that the balancer does not know of. */
  note(text: string): void;
  /** Names that clients write as `model`, from now on. */
  accept(names: readonly string[]): void;
  /** Watches no more. */
  stop(): void;
}

/** Rates of now are taken over the running bucket and this many before it: 30 to 35 s. */
const RATE_BUCKETS = 6;
/** And what callers saw in the last minute over this many. */
const MINUTE_BUCKETS = 12;
/** Expected shares that differ by less than this hold on. */
const SAME_TERMS = 0.005;
/** Events and calls given when no number is asked for. */
const ROWS = 50;

/**
 * Watches a pool.
 *
 * It counts what the balancer tells (a few additions per request) and looks at its numbers whenever `tick` is called.
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

class PoolMonitor implements Monitor {
  readonly name: string;
  readonly #balancer: MonitoredBalancer;
  readonly #clock: Clock;
  readonly #bound: number;
  #accepts: readonly string[];
  readonly #timeline: Timeline;
  readonly #pool: PoolWatch;
  /** By id: those that are in the pool, and those whose past is still shown. */
  readonly #watches = new Map<string, TargetWatch>();
  /** In the order of the configuration. */
  #present: readonly TargetWatch[] = [];
  #stats: Stats;
  #span: Span;
  #gaps: Map<TargetWatch, ShareGap> | undefined = undefined;
  /** Since when the expected shares are what they are. */
  #termsSinceMs: number;
  #terms: readonly number[] = [];
  readonly #events = new EventLog();
  readonly #log: DecisionLog;
  /** Events that wait for the next look: what led to them may be told after them. */
  #pending: { readonly atMs: number; readonly event: TargetChanged }[] = [];
  #lastFailed: { readonly target: Target; readonly failure: Failure } | undefined = undefined;
  readonly #stops: readonly (() => void)[];

  constructor(
    balancer: MonitoredBalancer,
    clock: Clock,
    bound: number,
    accepts: readonly string[],
  ) {
    this.name = balancer.name;
    this.#balancer = balancer;
    this.#clock = clock;
    this.#bound = bound;
    this.#accepts = accepts;
    this.#timeline = new Timeline(clock);
    this.#termsSinceMs = this.#timeline.nowMs;
    this.#stats = balancer.stats();
    this.#pool = new PoolWatch(this.#timeline, this.#stats);
    this.#meet(this.#stats, false);
    this.#terms = this.#present.map(termOf);
    this.#span = shareSpan(this.#timeline, this.#pool.picks, this.#termsSinceMs);
    this.#log = new DecisionLog({
      pool: this.name,
      decisions: () => balancer.decisions(),
      slowStartRatio: (id) => this.#watches.get(id)?.stats.slowStart?.ratio,
    });
    this.#stops = [
      balancer.on('success', (result) => {
        this.#pool.firstContent.add(result.firstContentMs);
        this.#watches.get(result.target.id)?.firstContent.add(result.attemptFirstContentMs);
        this.#log.onServed(result);
      }),
      balancer.on('aborted', ({ callId }) => this.#log.onEnd(callId, { outcome: 'aborted' })),
      balancer.on('failure', (failure) => this.#onFailure(failure)),
      balancer.on('attemptFailed', ({ target, failure }) => {
        this.#pool.failures.add(1);
        this.#lastFailed = { target, failure };
        this.#watches.get(target.id)?.onFailure(failure, clock.now());
      }),
      balancer.on('target', (event) => this.#onTarget(event)),
    ];
  }

  tick(): void {
    const beforeMs = this.#timeline.nowMs;
    this.#stats = this.#balancer.stats();
    const picks = this.#meet(this.#stats, true);
    this.#pool.take(this.#stats, picks);
    this.#pool.onHeadroom(this.#headroom().timesNow);
    this.#timeline.advance(this.#clock.now());
    this.#followTerms(beforeMs);
    this.#span = shareSpan(this.#timeline, this.#pool.picks, this.#termsSinceMs);
    this.#tellPending();
    this.#judgeShares();
  }

  view(window: WindowName = '5m'): PoolView {
    const targets = this.#watched(window);
    return {
      id: this.name,
      strategy: this.#balancer.strategy,
      accepts: this.#accepts,
      verdict: this.#verdict(),
      attention: attention(targets),
      figures: this.#figures(window),
      targets: targets.map(({ view }) => view),
    };
  }

  summary(): PoolSummary {
    const targets = this.#watched('5m');
    const wanting = new Set(attention(targets).map(({ target }) => target));
    const weights = this.#present.reduce((sum, { stats }) => sum + stats.weight, 0);
    return {
      id: this.name,
      strategy: this.#balancer.strategy,
      usable: this.#present.filter(isUsable).length,
      total: this.#present.length,
      ratePerSecond: this.#perSecond((pool) => pool.requests),
      levels: targets.map(({ view: { actualShare, weight } }) =>
        actualShare === null || weight === 0 ? null : (actualShare * weights) / weight,
      ),
      wantsAttention: targets.map(({ view }) => wanting.has(view.id)),
    };
  }

  history(window: WindowName = '5m'): History {
    const columns = this.#columns(window);
    const running = this.#timeline.running[window];
    return {
      window,
      bucketMs: WINDOWS[window].bucketMs,
      targets: columns.map(({ target }) => target.id),
      buckets: Array.from({ length: BUCKETS }, (_, index) =>
        this.#bucketAt(window, running - BUCKETS + 1 + index, columns),
      ),
    };
  }

  columns(window: WindowName = '5m'): string[] {
    return this.#columns(window).map(({ target }) => target.id);
  }

  bucket(window: WindowName = '5m', age: number = 0): Bucket {
    return this.#bucketAt(window, this.#timeline.running[window] - age, this.#columns(window));
  }

  decisions(limit: number = ROWS): DecisionRow[] {
    return this.#log.rows(limit);
  }

  explained(callId: number): Explained | undefined {
    const call = this.#log.find(callId);
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

  /** Takes up the targets' numbers. @returns first picks since the last time. */
  #meet(stats: Stats, isLater: boolean): number {
    const targets = new Map(this.#balancer.targets().map((target) => [target.id, target]));
    const { nowMs } = this.#timeline;
    let picks = 0;
    const present: TargetWatch[] = [];
    for (const one of stats.targets) {
      const target = targets.get(one.id)!;
      let watch = this.#watches.get(one.id);
      if (watch === undefined) {
        watch = new TargetWatch(target, one, this.#timeline, isLater);
        this.#watches.set(one.id, watch);
      }
      picks += watch.take(target, one);
      present.push(watch);
    }
    for (const [id, watch] of this.#watches) {
      if (targets.has(id)) continue;
      watch.leftAtMs ??= nowMs;
      watch.isOffLine = false;
      if (nowMs - watch.leftAtMs > BUCKETS * WINDOWS['24h'].bucketMs) this.#watches.delete(id);
    }
    this.#present = present;
    return picks;
  }

  #followTerms(beforeMs: number): void {
    const terms = this.#present.map(termOf);
    const isSame =
      terms.length === this.#terms.length &&
      terms.every((term, index) => Math.abs(term - this.#terms[index]!) < SAME_TERMS);
    this.#terms = terms;
    if (!isSame) this.#termsSinceMs = beforeMs;
  }

  #judgeShares(): void {
    const { window, from } = this.#span;
    this.#gaps = shareGaps(this.#present, this.#span);
    if (this.#gaps === undefined) return;
    const picks = this.#pool.picks.since(window, from);
    for (const [watch, gap] of this.#gaps) {
      if (!judge(watch, gap, picks, this.#bound)) continue;
      this.#events.add({
        epochMs: Math.round(this.#timeline.epochOf(this.#timeline.nowMs)),
        target: watch.target.id,
        kind: watch.isOffLine ? 'off_line' : 'on_line',
        text: watch.isOffLine ? `takes ${gapWords(gap)}` : `is back on its line: ${gapWords(gap)}`,
      });
    }
  }

  #onFailure({ id, code, attempts, failure }: CallFailure): void {
    this.#log.onEnd(id, { outcome: 'failed', failure: { code, attempts } });
    // What the caller asked for could not be served by anyone.
    if (failure?.verdict === 'fail' || failure?.verdict === 'conditional') return;
    this.#pool.failed.add(1);
    if (attempts === 0) this.#pool.refused.add(1);
  }

  #onTarget(event: TargetChanged): void {
    const atMs = this.#clock.now();
    const watch = this.#watches.get(event.target.id);
    if (watch !== undefined) {
      if (event.change === 'cooling') {
        watch.trouble = { sinceMs: atMs, words: this.#coolingWords(event) };
      } else if (event.change === 'open') {
        watch.trouble = { sinceMs: atMs, words: undefined };
        watch.lostAtMs ??= atMs;
      } else if (event.change === 'closed') {
        watch.lostAtMs = undefined;
      }
    }
    this.#pending.push({ atMs, event });
  }

  #coolingWords({ target, failure, scope }: TargetChanged): string {
    if (failure === undefined) return 'told by another gateway';
    const cause = this.#lastFailed?.failure === failure ? this.#lastFailed.target : target;
    const words = failureWords(failure);
    if (cause === target || scope === undefined) return words;
    return `${words}, same ${scope.replace('_', ' ')} as ${cause.id}`;
  }

  #tellPending(): void {
    for (const { atMs, event } of this.#pending.splice(0)) {
      const { target, change } = event;
      const epochMs = Math.round(this.#timeline.epochOf(atMs));
      const text = this.#textOf(event);
      this.#events.add({ epochMs, target: target.id, kind: change, text });
    }
  }

  #textOf({ target, change, reason }: TargetChanged): string {
    const watch = this.#watches.get(target.id);
    const stats = watch?.stats;
    switch (change) {
      case 'added':
        return 'added';
      case 'removed':
        return 'removed';
      case 'draining':
        return 'drained';
      case 'enabled':
        return 'enabled';
      case 'weight':
        return `weight ${reason.replace(' to ', ' → ')}`;
      case 'cooling':
        return `cools down for ${secondsUntil(stats, watch, this.#timeline)} s: ${watch === undefined ? '' : troubleWords(watch)}`;
      case 'open':
        return `breaker opened: ${watch === undefined ? '' : troubleWords(watch)}`;
      case 'half_open':
        return 'is tried out';
      case 'closed': {
        const slow = stats?.slowStart;
        if (slow === undefined) return 'is back';
        const seconds = Math.round((slow.fullEpochMs - slow.sinceEpochMs) / 1000);
        return `passed its probes, slow start for ${seconds} s`;
      }
    }
  }

  #watched(window: WindowName): Watched[] {
    const nowMs = this.#clock.now();
    const epochMs = this.#clock.epochMs();
    const { window: spanWindow, from } = this.#span;
    const picks = this.#present.map(({ requests }) => requests.since(spanWindow, from));
    const total = picks.reduce((sum, count) => sum + count, 0);
    const paces = new Map(this.#present.map((watch) => [watch, this.#paceOf([watch])]));
    return this.#present.map((watch, index) => ({
      watch,
      gap: this.#gaps?.get(watch),
      view: targetView(watch, {
        timeline: this.#timeline,
        window,
        actualShare: total === 0 ? null : picks[index]! / total,
        ratePerSecond: paces.get(watch)!.requests,
        own: paces.get(watch)!,
        shared: watch.stats.quotas.some(({ scope }) => scope === 'group')
          ? this.#paceOf(this.#present.filter(sharesLimitsWith(watch.target)))
          : paces.get(watch)!,
        nowMs,
        epochMs,
      }),
    }));
  }

  #verdict(): Verdict {
    const usable = this.#present.filter(isUsable);
    const { queued, oldestWaitMs, maxWaitMs, requests } = this.#stats;
    const minute = this.#timeline.running['5m'] - MINUTE_BUCKETS + 1;
    const failed = this.#pool.failed.since('5m', minute);
    let served: Verdict['served'] = failed === 0 ? 'all' : 'some';
    if (usable.length === 0) served = 'none';
    else if (requests === 0) served = 'idle';
    const gaps = this.#gaps && [...this.#gaps.values()];
    return {
      served,
      usable: usable.length,
      total: this.#present.length,
      maxGapPoints:
        gaps === undefined
          ? null
          : Math.max(...gaps.map(({ actual, expected }) => Math.abs(actual - expected))) * 100,
      offLine: this.#present.filter(({ isOffLine }) => isOffLine).map(({ target }) => target.id),
      fairnessBoundPoints: this.#bound * 100,
      loadFactor: loadFactor(this.#present),
      waiting: queued,
      oldestWaitMs: oldestWaitMs === undefined ? null : Math.round(oldestWaitMs),
      maxWaitMs,
      refusedPerMinute: this.#pool.refused.since('5m', minute),
      cause: commonCause(this.#present),
    };
  }

  #figures(window: WindowName): Figures {
    return figures(this.#pool, this.#timeline, window, {
      inFlight: inFlightOf(this.#stats),
      headroom: this.#headroom(),
      hasPrices: this.#present.some(({ target }) => target.price !== undefined),
    });
  }

  #headroom(): Omit<Figures['headroom'], 'points'> {
    const usable = this.#present.filter(isUsable);
    const rate = this.#perSecond((pool) => pool.requests);
    return headroom(usable, this.#meanUse(), rate, this.#clock.now());
  }

  /** What one request used on average, in the last hour. */
  #meanUse(): MeanUse {
    let answers = 0;
    let input = 0;
    let output = 0;
    for (const watch of this.#present) {
      answers += watch.attempts.total('1h') - watch.failures.total('1h');
      input += watch.inputTokens.total('1h');
      output += watch.outputTokens.total('1h');
    }
    const mean = (tokens: number): number | undefined =>
      answers > 0 && tokens > 0 ? tokens / answers : undefined;
    return {
      requests: 1,
      input_tokens: mean(input),
      output_tokens: mean(output),
      tokens: mean(input + output),
    };
  }

  /** Retries of the last minute, as a part of those that its requests have earned. */
  #retryBudgetUsed(): number | null {
    const minute = this.#timeline.running['5m'] - MINUTE_BUCKETS + 1;
    const earned = this.#pool.requests.since('5m', minute) * this.#stats.retryRatio;
    if (earned === 0) return null;
    const made = this.#pool.attempts.since('5m', minute) - this.#pool.picks.since('5m', minute);
    return Math.max(0, made) / earned;
  }

  #perSecond(seriesOf: (pool: PoolWatch) => PoolWatch['requests']): number {
    const from = this.#timeline.running['5m'] - RATE_BUCKETS;
    const seconds = this.#timeline.watchedMs('5m', from) / 1000;
    return seconds === 0 ? 0 : seriesOf(this.#pool).since('5m', from) / seconds;
  }

  #paceOf(watches: readonly TargetWatch[]): Pace {
    const from = this.#timeline.running['5m'] - RATE_BUCKETS;
    const seconds = this.#timeline.watchedMs('5m', from) / 1000;
    const rate = (of: (watch: TargetWatch) => PoolWatch['requests']): number =>
      seconds === 0
        ? 0
        : watches.reduce((sum, watch) => sum + of(watch).since('5m', from), 0) / seconds;
    const input = rate((watch) => watch.inputTokens);
    const output = rate((watch) => watch.outputTokens);
    return {
      requests: rate((watch) => watch.attempts),
      input_tokens: input,
      output_tokens: output,
      tokens: input + output,
    };
  }

  /** The targets that the buckets of `window` are told for: those in the pool, then those that have a past in it. */
  #columns(window: WindowName): TargetWatch[] {
    const gone = [...this.#watches.values()].filter(
      (watch) => watch.leftAtMs !== undefined && watch.requests.total(window) > 0,
    );
    return [...this.#present, ...gone];
  }

  #bucketAt(window: WindowName, number: number, columns: readonly TargetWatch[]): Bucket {
    const isPromised = this.#stats.targets.some(({ promisedShare }) => promisedShare !== undefined);
    return {
      startEpochMs: number * WINDOWS[window].bucketMs,
      requests: columns.map(({ requests }) => requests.at(window, number)),
      expected: isPromised ? columns.map(({ expected }) => expected.at(window, number)) : null,
      firstContentMs: this.#pool.firstContent.between(window, number, number),
    };
  }
}

function isUsable({ stats }: TargetWatch): boolean {
  return stats.state === 'healthy';
}

/** What a target's share is promised by; its weight, while it is used, where none is. */
function termOf({ stats }: TargetWatch): number {
  return stats.promisedShare ?? (stats.state === 'healthy' ? stats.weight : 0);
}

function loadFactor(watches: readonly TargetWatch[]): number {
  let all = 0;
  let used = 0;
  for (const { stats } of watches) {
    all += stats.weight;
    if (stats.state === 'healthy') used += stats.weight * (stats.slowStart?.ratio ?? 1);
  }
  return used === 0 ? 0 : all / used;
}

function secondsUntil(
  stats: TargetStats | undefined,
  watch: TargetWatch | undefined,
  timeline: Timeline,
): number {
  const until = stats?.returnEpochMs;
  if (until === undefined || watch?.trouble === undefined) return 0;
  return Math.max(0, Math.round((until - timeline.epochOf(watch.trouble.sinceMs)) / 1000));
}
