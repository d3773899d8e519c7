import type { ObservedTarget } from '@plimsoll/core';

/**
 * How well first picks follow the shares that the strategy promises: 1 where they do, 1/n where one of n targets gets
 * all. Undefined before the first pick, and where no share is promised.
 *
 *     (x1 + ... + xn)^2 / (n (x1^2 + ... + xn^2)), x = share / expected share
 *
 * Source: Jain, Chiu, Hawe, A Quantitative Measure of Fairness and Discrimination, DEC-TR-301, 1984.
 */
export function fairnessIndex(targets: readonly ObservedTarget[]): number | undefined {
  const ratios = targets.flatMap(({ share, expectedShare }) =>
    expectedShare === undefined || expectedShare === 0 ? [] : [share / expectedShare],
  );
  const sum = ratios.reduce((total, ratio) => total + ratio, 0);
  const squares = ratios.reduce((total, ratio) => total + ratio * ratio, 0);
  return squares === 0 ? undefined : (sum * sum) / (ratios.length * squares);
}
