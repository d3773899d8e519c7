import type { TargetView } from '@plimsoll/monitor';
import { isOut } from './condition.ts';

export const LARGEST_WEIGHT = 1000;

/** A weight as someone typed it; undefined when it is none. */
export function weightIn(text: string): number | undefined {
  const trimmed = text.trim().replace(',', '.');
  const value = Number(trimmed);
  return trimmed !== '' && value >= 0 && value <= LARGEST_WEIGHT ? value : undefined;
}

/**
 * The share a target would have with another weight, all else as it is now: by weight among those in service, one in
 * slow start with the part of its weight that it has reached. Null while it is out of service itself.
 */
export function shareWith(
  targets: readonly TargetView[],
  id: string,
  weight: number,
): number | null {
  const inService = targets.filter((target) => !isOut(target));
  if (!inService.some((target) => target.id === id)) return null;
  let own = 0;
  let total = 0;
  for (const target of inService) {
    const full = target.id === id ? weight : target.weight;
    const effective = full * (target.slowStart?.ratio ?? 1);
    total += effective;
    if (target.id === id) own = effective;
  }
  return total > 0 ? own / total : 0;
}
