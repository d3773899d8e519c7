import type { Random } from '@plimsoll/core';

import { checkInteger, checkNotNegative } from './check.ts';
import type { SimulatedTraits } from './request.ts';

/** Options of `tenants`. */
export interface TenantsOptions {
  /** How many there are, an integer >= 1. */
  readonly count: number;
  /** Exponent of Zipf's law: tenant k sends in proportion to k^-exponent; >= 0, and 0 makes all alike. @defaultValue 1 */
  readonly exponent?: number;
  /** Tokens of the prompt prefix that all requests of a tenant share, >= 0. @defaultValue 0 */
  readonly prefixTokens?: number;
}

/**
 * Requests of tenants, few of which send most: each carries its tenant as `hashKey` and shares the tenant's prompt
 * prefix.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function tenants(
  options: TenantsOptions,
): (index: number, random: Random) => SimulatedTraits {
  const { count, exponent = 1, prefixTokens = 0 } = options;
  checkInteger('tenants', 'count', count, 1);
  checkNotNegative('tenants', 'exponent', exponent);
  checkNotNegative('tenants', 'prefixTokens', prefixTokens);
  /** Share of the requests from tenants up to this one. */
  const upTo = new Float64Array(count);
  let total = 0;
  for (let rank = 1; rank <= count; rank++) upTo[rank - 1] = total += rank ** -exponent;
  return (_index, random) => {
    const key = `tenant-${rankOf(upTo, random.float() * total)}`;
    return { hashKey: key, prefix: { key, tokens: prefixTokens } };
  };
}

/** Index of the first sum above `value`. */
function rankOf(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
