import type { TargetChanged } from '@plimsoll/balancer';
import type { Failure, Target } from '@plimsoll/core';

import type { EventLog } from './event-log.ts';
import { failureWords } from './failure-words.ts';
import type { TargetWatch } from './target-watch.ts';
import type { Timeline } from './timeline.ts';
import { troubleWords } from './trouble.ts';

/** Follows what happens to targets: notes why they are left alone, and tells it in words. */
export class TargetEvents {
  readonly #timeline: Timeline;
  readonly #events: EventLog;
  /** They wait for the next look: what led to them may be told after them. */
  readonly #pending: { readonly atMs: number; readonly event: TargetChanged }[] = [];
  #lastFailed: { readonly target: Target; readonly failure: Failure } | undefined = undefined;

  constructor(timeline: Timeline, events: EventLog) {
    this.#timeline = timeline;
    this.#events = events;
  }

  onAttemptFailed(target: Target, failure: Failure): void {
    this.#lastFailed = { target, failure };
  }

  onChange(event: TargetChanged, watch: TargetWatch | undefined, atMs: number): void {
    this.#pending.push({ atMs, event });
    if (watch === undefined) return;
    switch (event.change) {
      case 'cooling':
        watch.trouble = { sinceMs: atMs, words: this.#coolingWords(event) };
        break;
      case 'open':
        watch.trouble = { sinceMs: atMs, words: undefined };
        watch.lostAtMs ??= atMs;
        break;
      case 'closed':
        watch.lostAtMs = undefined;
        break;
      default:
    }
  }

  /** Tells what happened since the last time. */
  tell(watchOf: (id: string) => TargetWatch | undefined): void {
    for (const { atMs, event } of this.#pending.splice(0)) {
      const { target, change } = event;
      this.#events.add({
        epochMs: Math.round(this.#timeline.epochOf(atMs)),
        target: target.id,
        kind: change,
        text: this.#textOf(event, watchOf(target.id)),
      });
    }
  }

  #coolingWords({ target, failure, scope }: TargetChanged): string {
    if (failure === undefined) return 'told by another gateway';
    const cause = this.#lastFailed?.failure === failure ? this.#lastFailed.target : target;
    const words = failureWords(failure);
    if (cause === target || scope === undefined) return words;
    return `${words}, same ${scope.replace('_', ' ')} as ${cause.id}`;
  }

  #textOf({ change, reason }: TargetChanged, watch: TargetWatch | undefined): string {
    const words = watch === undefined ? '' : troubleWords(watch);
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
        return `cools down${this.#forSeconds(watch)}: ${words}`;
      case 'open':
        return `breaker opened: ${words}`;
      case 'half_open':
        return 'is tried out';
      case 'closed': {
        const slowStart = watch?.stats.slowStart;
        if (slowStart === undefined) return 'is back';
        const seconds = Math.round((slowStart.fullEpochMs - slowStart.sinceEpochMs) / 1000);
        return `passed its probes, slow start for ${seconds} s`;
      }
    }
  }

  #forSeconds(watch: TargetWatch | undefined): string {
    const until = watch?.stats.returnEpochMs;
    if (until === undefined || watch?.trouble === undefined) return '';
    const ms = until - this.#timeline.epochOf(watch.trouble.sinceMs);
    return ` for ${Math.max(1, Math.round(ms / 1000))} s`;
  }
}
