import type { Target } from '@plimsoll/core';
import { type ManualClock, manualClock } from '@plimsoll/testkit';

import { QuotaBook } from '../../src/quota/quota-book.ts';

export function targetOf(id: string, parts: Partial<Target> = {}): Target {
  return { id, weight: 1, tier: 0, tags: [], quotaGroup: id, cacheDomain: id, ...parts };
}

/** A book with one target for each of `targets`, in the slots 0, 1 and so on. */
export function bookOf(
  targets: readonly Partial<Target>[],
  clock: ManualClock = manualClock(),
): { book: QuotaBook; clock: ManualClock } {
  const book = new QuotaBook(clock);
  for (const [slot, parts] of targets.entries()) {
    book.assign(slot, targetOf(parts.id ?? `t${slot}`, parts), clock.now());
  }
  return { book, clock };
}
