import { judge, type ShareGap, shareGaps, shareSpan, type Span } from './shares.ts';
import type { Series } from './series.ts';
import type { TargetWatch } from './target-watch.ts';
import type { Timeline } from './timeline.ts';

/** Expected shares that differ by less than this hold on. */
const SAME_TERMS = 0.005;

/** Watches the shares of a pool's targets against what was expected of them. */
export class ShareWatch {
  readonly bound: number;
  readonly #timeline: Timeline;
  readonly #picks: Series;
  /** The expected shares, and since when they are what they are. */
  #terms: readonly number[] = [];
  #termsSinceMs: number;
  #span: Span;
  #gaps: ReadonlyMap<TargetWatch, ShareGap> | undefined = undefined;

  /** @param picks - first picks of the pool. */
  constructor(timeline: Timeline, picks: Series, bound: number) {
    this.bound = bound;
    this.#timeline = timeline;
    this.#picks = picks;
    this.#termsSinceMs = timeline.nowMs;
    this.#span = shareSpan(timeline, picks, this.#termsSinceMs);
  }

  /**
   * Takes a look.
   *
   * @param beforeMs - when it was last taken.
   * @returns the targets that left their line or came back to it.
   */
  look(present: readonly TargetWatch[], beforeMs: number): [TargetWatch, ShareGap][] {
    const terms = present.map(termOf);
    const isSame =
      terms.length === this.#terms.length &&
      terms.every((term, index) => Math.abs(term - this.#terms[index]!) < SAME_TERMS);
    this.#terms = terms;
    if (!isSame) this.#termsSinceMs = beforeMs;
    this.#span = shareSpan(this.#timeline, this.#picks, this.#termsSinceMs);
    this.#gaps = shareGaps(present, this.#span);
    const picks = this.#picks.since(this.#span.window, this.#span.from);
    return [...(this.#gaps ?? [])].filter(([watch, gap]) => judge(watch, gap, picks, this.bound));
  }

  gapOf(watch: TargetWatch): ShareGap | undefined {
    return this.#gaps?.get(watch);
  }

  /** The largest distance of a share from the expected one, in points; `null` where none is told. */
  get maxGapPoints(): number | null {
    if (this.#gaps === undefined) return null;
    const distances = [...this.#gaps.values()].map(({ actual, expected }) => actual - expected);
    return Math.max(...distances.map(Math.abs)) * 100;
  }

  /** The share of each target of late; `null` where there were no picks. */
  sharesOf(present: readonly TargetWatch[]): (number | null)[] {
    const { window, from } = this.#span;
    const picks = present.map(({ requests }) => requests.since(window, from));
    const total = picks.reduce((sum, count) => sum + count, 0);
    return picks.map((count) => (total === 0 ? null : count / total));
  }
}

/** What a target's share is promised by; its weight, while it is used, where none is. */
function termOf({ stats }: TargetWatch): number {
  return stats.promisedShare ?? (stats.state === 'healthy' ? stats.weight : 0);
}
