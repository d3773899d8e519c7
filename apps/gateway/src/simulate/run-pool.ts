import type { TargetStats } from '@plimsoll/balancer';
import { type Report, simulate, type SimulatedBalancer } from '@plimsoll/simulator';

import type { PoolSimulation } from './simulation-of.ts';

/** One run of a pool. */
export interface PoolRun {
  readonly seed: number;
  readonly report: Report;
  /** In the order of the configuration. */
  readonly targets: readonly TargetRun[];
  /** Largest distance of a target's share from the expected one, 0 to 1; `null` where the strategy promises none. */
  readonly largestGap: number | null;
}

/** What one target did in a run. */
export interface TargetRun {
  readonly id: string;
  readonly weight: number;
  readonly share: number;
  /** `null` where the strategy promises none. */
  readonly expectedShare: number | null;
  readonly served: number;
  /** Attempts that ended in an error of the server or the connection. */
  readonly errors: number;
  /** Attempts answered with 429. */
  readonly throttled: number;
  /** Attempts that the balancer gave up: time limits, hedges that lost. */
  readonly abandoned: number;
  /** `null` without a price. */
  readonly costUsd: number | null;
}

/** Simulates a pool with one seed. */
export async function runPool(
  { options, balancerOf }: PoolSimulation,
  seed: number,
  onProgress: (ratio: number) => void,
): Promise<PoolRun> {
  let made: SimulatedBalancer | undefined;
  const balancer = balancerOf((pool) => (made = pool));
  const report = await simulate({ ...options, seed, balancer, onProgress });
  const stats = new Map(made!.stats().targets.map((target) => [target.id, target]));
  const targets = report.targets.map((target) => {
    const isPriced = options.servers[target.id]?.target?.price !== undefined;
    return targetRun(target, stats.get(target.id)!, isPriced);
  });
  const gaps = targets.flatMap(({ share, expectedShare }) =>
    expectedShare === null ? [] : [Math.abs(share - expectedShare)],
  );
  const largestGap = gaps.length === 0 ? null : Math.max(...gaps);
  return { seed, report, targets, largestGap };
}

function targetRun(
  target: Report['targets'][number],
  stats: TargetStats,
  isPriced: boolean,
): TargetRun {
  const { id, weight, share, served, errors, throttled, abandoned } = target;
  const expectedShare = stats.expectedShare ?? null;
  const costUsd = isPriced ? stats.costUsd : null;
  return { id, weight, share, expectedShare, served, errors, throttled, abandoned, costUsd };
}
