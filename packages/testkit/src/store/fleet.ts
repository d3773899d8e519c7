import assert from 'node:assert/strict';

import type { SharedStore, ShareGrant } from '@plimsoll/core';

/** Shares are sums of decimal fractions; more than this over 1 is no rounding. */
const ROUNDING = 1e-9;

/** Longer than any test takes. */
export const LONG_MS = 60_000;

/** Members that lease one limit, and what each believes to have; nobody's belief is ever out of date by the clock. */
export class Fleet {
  readonly key: string;
  readonly #beliefs = new Map<SharedStore, number>();

  constructor(key = 'limit') {
    this.key = key;
  }

  /** Renews the lease of `member`, and checks that all beliefs together are at most the limit. */
  async renew(member: SharedStore, demand: number, ttlMs: number = LONG_MS): Promise<ShareGrant> {
    const grants = await member.lease([{ key: this.key, demand }], ttlMs);
    const [grant] = grants;
    assert.ok(grant !== undefined && grants.length === 1, 'a claim has one grant');
    assert.equal(grant.key, this.key);
    assert.ok(grant.share >= 0 && grant.share <= 1, `a share is from 0 to 1, not ${grant.share}`);
    this.#beliefs.set(member, grant.share);
    const sum = this.sum();
    assert.ok(sum <= 1 + ROUNDING, `shares add up to ${sum}: ${[...this.#beliefs.values()]}`);
    return grant;
  }

  /** Some rounds in which every member renews once, in the order given; the grants of the last one. */
  async rounds(
    count: number,
    demands: ReadonlyMap<SharedStore, number>,
    ttlMs: number = LONG_MS,
  ): Promise<ShareGrant[]> {
    let grants: ShareGrant[] = [];
    for (let round = 0; round < count; round++) {
      grants = [];
      for (const [member, demand] of demands) grants.push(await this.renew(member, demand, ttlMs));
    }
    return grants;
  }

  /** `member` has closed, or its time is over. */
  forget(member: SharedStore): void {
    this.#beliefs.delete(member);
  }

  sum(): number {
    let sum = 0;
    for (const share of this.#beliefs.values()) sum += share;
    return sum;
  }
}

/** Checks that the shares are those expected, within a tenth of each, and use up the limit. */
export function assertShares(grants: readonly ShareGrant[], expected: readonly number[]): void {
  const shares = grants.map(({ share }) => share);
  const told = `${shares} instead of ${expected}`;
  for (const [index, share] of shares.entries()) {
    assert.ok(Math.abs(share - expected[index]!) <= 0.1 * expected[index]!, `shares are ${told}`);
  }
  const sum = shares.reduce((total, share) => total + share, 0);
  assert.ok(sum >= 0.99, `shares add up to ${sum} only: ${told}`);
}
