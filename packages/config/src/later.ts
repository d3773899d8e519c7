import type { Path } from './problem.ts';

const ofTarget = ['limits.rpm', 'limits.tpm', 'limits.rpd'];

const ofPool = [
  'health.probe',
  'health.slowStart',
  'hedge',
  'rescue',
  'queue',
  'hash',
  'residency',
  'fairness',
];

/** Keys that are part of the configuration's contract but do nothing yet. `*` stands for any name or index. */
const later: ReadonlySet<string> = new Set([
  'quotaGroups',
  'clients',
  'budgets',
  'state',
  'metrics',
  'server.admin',
  ...ofTarget.map((key) => `targets.*.${key}`),
  ...ofTarget.map((key) => `pools.*.targets.*.${key}`),
  ...ofPool.map((key) => `pools.*.${key}`),
]);

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
