import type { Difference } from '../live/difference.ts';

/** What changed, in a sentence: `Config changed: claude-us weight 15 → 20`. */
export function differenceInWords({ targets, pools, clients }: Difference): string {
  const parts = [
    ...targets.added.map((id) => `${id} added`),
    ...targets.removed.map((id) => `${id} removed`),
    ...targets.replaced.map((id) => `${id} changed`),
    ...targets.reweighted.map(({ target, from, to }) => `${target} weight ${from} → ${to}`),
    ...pools.added.map((name) => `pool ${name} added`),
    ...pools.removed.map((name) => `pool ${name} removed`),
    ...pools.rebuilt.map((name) => `pool ${name} changed`),
    ...(clients.length === 0
      ? []
      : [`${clients.length} ${clients.length === 1 ? 'client' : 'clients'} changed`]),
  ];
  return `Config changed: ${parts.length === 0 ? 'nothing that is served' : parts.join(', ')}`;
}
