import type { EventClock } from './event-clock.ts';
import type { Fault } from './fault.ts';

/** Calls `change` with the faults that hold whenever they change. */
export function scheduleFaults(
  clock: EventClock,
  faults: readonly Fault[],
  change: (active: readonly Fault[]) => void,
): void {
  const moments = new Set(faults.flatMap(({ fromS, untilS }) => [fromS, untilS]));
  moments.delete(Infinity);
  for (const atS of moments) {
    const active = faults.filter(({ fromS, untilS }) => fromS <= atS && atS < untilS);
    clock.at(atS * 1000, () => change(active));
  }
}
