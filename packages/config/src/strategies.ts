/** The strategies a configuration may name without naming a package. */
export const strategyNames = ['round-robin', 'weighted-round-robin', 'random'] as const;

/** Names that are reserved for strategies to come, so that they are not taken for misspellings of others. */
export const laterStrategies: ReadonlySet<string> = new Set([
  'least-busy',
  'latency',
  'latency-based',
  'consistent-hash',
  'hash',
  'tiered',
  'cost',
  'geo',
  'rules',
]);

/**
 * Whether a strategy's name is that of a module to load: whatever has a slash (`@acme/strategy-lunar`, `./lunar.ts`) or
 * begins with `plimsoll-strategy-`. Anything else must be one of `strategyNames`, so a misspelling is never looked for
 * among installed packages.
 */
export function isPackageName(name: string): boolean {
  return name.includes('/') || name.startsWith('plimsoll-strategy-');
}
