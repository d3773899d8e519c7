import type { Balancer } from '@plimsoll/balancer';
import { optionError, type RequestTraits } from '@plimsoll/core';

import { checkInteger } from './check.ts';
import { textTable } from './text-table.ts';

/** Options of `expectDistribution`. */
export interface ExpectDistributionOptions {
  /** Requests to send, an integer >= 1. */
  readonly requests: number;
  /** The share each target should get, by id, together 1; targets not named should get none. */
  readonly shares: Readonly<Record<string, number>>;
  /**
   * How far a share may be off. A number: that much, as 0.01 for one in a hundred. `exact`: by less than one request,
   * for strategies that take turns, after whole rounds of theirs.
   *
   * The default is for strategies that draw: three standard deviations of as many independent draws,
   * 3 sqrt(p (1 - p) / requests). A correct strategy is further off once in 370 runs, so give the balancer a fleet with
   * a seed, and a run that passed once passes always.
   * @defaultValue three standard deviations
   */
  readonly tolerance?: number | 'exact';
  /** What request `index` tells the balancer: a hash key, a region, … @defaultValue nothing */
  readonly traits?: (index: number) => RequestTraits;
}

/**
 * Sends requests through a balancer, one after the other, and compares where they went. No provider is called: each
 * request ends at once on the target that was picked for it first.
 *
 * @throws Error with a table of the shares when one is off; the error of a request for which no target was admissible;
 * PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export async function expectDistribution(
  balancer: Pick<Balancer, 'run' | 'stats'>,
  options: ExpectDistributionOptions,
): Promise<void> {
  const { requests, shares, tolerance, traits = () => ({}) } = options;
  check(options, balancer);
  const counts = new Map<string, number>(Object.keys(shares).map((id) => [id, 0]));
  for (let index = 0; index < requests; index++) {
    const id = await balancer.run(traits(index), (target) => Promise.resolve(target.id));
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const rows = [...counts].map(([id, count]) => {
    const expected = shares[id] ?? 0;
    const off = Math.abs(count / requests - expected);
    return { id, count, expected, off, allowed: allowed(expected, requests, tolerance) };
  });
  // Shares such as 0.6 are not exact in binary: a billionth is nothing.
  if (rows.every(({ off, allowed }) => off <= allowed + 1e-9)) return;
  const table = textTable(
    ['target', 'requests', 'share', 'expected', 'off by', 'allowed', ''],
    rows.map(({ id, count, expected, off, allowed }) => [
      id,
      String(count),
      percent(count / requests),
      percent(expected),
      percent(off),
      percent(allowed),
      off > allowed + 1e-9 ? 'WRONG' : '',
    ]),
  );
  throw new Error(`expectDistribution: shares of ${requests} requests are off\n${table}`);
}

function allowed(share: number, requests: number, tolerance: number | 'exact' | undefined): number {
  if (tolerance === undefined) return 3 * Math.sqrt((share * (1 - share)) / requests);
  // Less than one request: shares of a number of requests are multiples of 1 / requests.
  return tolerance === 'exact' ? 0.999 / requests : tolerance;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(2)}%`;
}

function check(
  { requests, shares, tolerance }: ExpectDistributionOptions,
  balancer: Pick<Balancer, 'stats'>,
): void {
  checkInteger('expectDistribution', 'requests', requests, 1);
  const known = balancer.stats().targets.map(({ id }) => id);
  for (const [id, share] of Object.entries(shares)) {
    if (!known.includes(id)) {
      throw optionError('expectDistribution', 'shares', `of targets (${known.join(', ')})`, id);
    }
    if (!(share >= 0)) throw optionError('expectDistribution', `shares.${id}`, '>= 0', share);
  }
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  if (Math.abs(total - 1) > 1e-6) {
    throw optionError('expectDistribution', 'shares', 'shares that add up to 1', total);
  }
  if (tolerance !== undefined && tolerance !== 'exact' && !(tolerance >= 0)) {
    throw optionError('expectDistribution', 'tolerance', "a number >= 0 or 'exact'", tolerance);
  }
}
