/** The strategies a configuration may name without naming a package. */
export const strategyNames = [
  'round-robin',
  'weighted-round-robin',
  'random',
  'least-busy',
  'latency',
  'consistent-hash',
  'quota-headroom',
  'tiered',
  'cost',
  'rules',
  'geo',
] as const;

/** A strategy that a configuration names without a package. */
export type StrategyName = (typeof strategyNames)[number];

const aliases: Readonly<Record<string, StrategyName>> = {
  'latency-based': 'latency',
  hash: 'consistent-hash',
};

const OWN_PACKAGE = '@plimsoll/strategy-';

/** The strategy that `name` means: one of `strategyNames`, by its name, its other name or its package's. */
export function knownStrategy(name: string): StrategyName | undefined {
  const bare = name.startsWith(OWN_PACKAGE) ? name.slice(OWN_PACKAGE.length) : name;
  const meant = Object.hasOwn(aliases, bare) ? aliases[bare] : bare;
  return strategyNames.find((known) => known === meant);
}

/** What `isPackageName` looks for. */
export const packageName: RegExp = /\/|^plimsoll-strategy-/;

/**
 * Whether a strategy's name is that of a module to load: whatever has a slash (`@acme/strategy-lunar`, `./lunar.ts`) or
 * begins with `plimsoll-strategy-`. Anything else must be known, so a misspelling is never looked for among installed
 * packages.
 */
export function isPackageName(name: string): boolean {
  return packageName.test(name);
}

/** Every name that means `strategy`: its own, its other one, its package's. */
export function namesOf(strategy: StrategyName): string[] {
  const others = Object.keys(aliases).filter((name) => aliases[name] === strategy);
  return [strategy, ...others, OWN_PACKAGE + strategy];
}
