import type { Observed, ObservedEvents } from '@plimsoll/core';

import { Tally } from './tally.ts';

const BREAKER_CHANGES: ReadonlySet<string> = new Set(['open', 'half_open', 'closed']);

/** Counts what happens to targets, whichever pool tells of it: those that share a target tell the same event. */
export class TargetWatch {
  readonly breakerTransitions: Tally<'target' | 'to'> = new Tally();
  readonly coolDowns: Tally<'target' | 'scope' | 'reason'> = new Tally();
  readonly #counted = new WeakSet<ObservedEvents['target']>();

  /** @returns the way to stop watching through this balancer. */
  watch(balancer: Observed): () => void {
    return balancer.on('target', (event) => this.#count(event));
  }

  #count(event: ObservedEvents['target']): void {
    if (this.#counted.has(event)) return;
    this.#counted.add(event);
    const { change, scope = 'target', kind = 'shared' } = event;
    const target = event.target.id;
    if (BREAKER_CHANGES.has(change)) this.breakerTransitions.add({ target, to: change });
    else if (change === 'cooling') this.coolDowns.add({ target, scope, reason: kind });
  }
}
