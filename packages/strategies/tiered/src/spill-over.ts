/** A tier counts as fully healthy down to 1 / 1.4 = 72 % of its targets, as in Envoy. */
const OVERPROVISIONING_PERCENT = 140;

// What whole numbers make of 0.1 + 0.2 must not cost a percent.
const EPSILON = 1e-9;

/**
 * Puts into `health[tier]` how much of the load a tier could take, in whole percent from 0 to 100.
 *
 * Numbers go in and out by arrays: one that is handed to a function may need memory at every pick.
 *
 * @param healthy - by tier: how many of its targets are healthy, or what they weigh.
 * @param sizes - by tier: the same of all its targets.
 */
export function measureHealth(
  tier: number,
  healthy: Float64Array,
  sizes: Float64Array,
  health: Int32Array,
): void {
  const size = sizes[tier]!;
  const percent =
    size === 0 ? 0 : Math.floor((OVERPROVISIONING_PERCENT * healthy[tier]!) / size + EPSILON);
  health[tier] = Math.min(100, percent);
}

/**
 * Splits the load over tiers by their health: each takes what it can, in order; when all together could take less than
 * 100 %, each takes its part of what they could. What rounding leaves goes to the first tier that is healthy at all.
 *
 * Envoy spills over to the degraded parts of all tiers in the same way, as further tiers behind the last one.
 *
 * @param health - whole percent by tier, from `measureHealth`.
 * @param load - receives whole percent by tier; their sum is 100. All of it goes to the first tier when none is healthy.
 */
export function spillOver(health: Int32Array, load: Int32Array): void {
  split(health, 100, load);
}

/** Splits the load over tiers by their size, as whole percent: what Envoy does when all of them are in panic. */
export function bySize(sizes: Float64Array, load: Int32Array): void {
  split(sizes, Infinity, load);
}

/** By the parts of their sum, or of `mostWhole` if that is less. */
function split(parts: Int32Array | Float64Array, mostWhole: number, load: Int32Array): void {
  let sum = 0;
  for (let tier = 0; tier < parts.length; tier++) sum += parts[tier]!;
  const whole = Math.min(mostWhole, sum);
  let rest = 100;
  let first = -1;
  for (let tier = 0; tier < parts.length; tier++) {
    const part = parts[tier]!;
    if (first < 0 && part > 0) first = tier;
    const percent = part > 0 ? Math.min(rest, Math.floor((part * 100) / whole + EPSILON)) : 0;
    load[tier] = percent;
    rest -= percent;
  }
  load[Math.max(0, first)]! += rest;
}
