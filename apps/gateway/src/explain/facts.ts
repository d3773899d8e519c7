import type { Explanation, TargetStats } from '@plimsoll/balancer';

/** What `GET /admin/pools` tells of a pool, as far as explanations need it. */
export interface PoolFacts {
  readonly name: string;
  readonly strategy: string;
  readonly targets: readonly TargetFacts[];
}

export type TargetFacts = Pick<TargetStats, 'id' | 'inFlight' | 'quotas'> & {
  readonly region?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly limits?: { readonly concurrency?: number | undefined } | undefined;
};

/** A decision that was tried out, and the pool it was tried on. */
export interface Explained {
  readonly explanation: Explanation;
  readonly pool: PoolFacts;
}
