import type { Path } from './problem.ts';

/** Keys that are part of the configuration's contract but do nothing yet. `*` stands for any name or index. */
const later: ReadonlySet<string> = new Set(['metrics.otlp', 'pools.*.fairness']);

/**
 * Whether the key at `path` belongs to a later version. Such a key is refused, since a policy that is stated but not
 * followed is worse than one that is missing.
 */
export function isLater(path: Path): boolean {
  const pattern = path.map((step, depth) =>
    typeof step === 'number' || (depth === 1 && path[0] === 'pools') ? '*' : step,
  );
  return later.has(pattern.join('.'));
}
