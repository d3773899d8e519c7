import { randomExponential, randomLogNormal, randomNormal, randomPareto } from 'd3-random';
import { optionError, type Random } from '@plimsoll/core';

import { checkNotNegative, checkPositive } from './check.ts';

/** A distribution of numbers >= 0. */
export interface Distribution {
  /** The exact mean, bounds taken into account: what a load is computed from. */
  readonly mean: number;
  /** A way to draw from it, fed by `random`. */
  create(random: Random): () => number;
}

/** Always `value`. @throws PlimsollError ERR_PLIMSOLL_OPTION unless it is finite and >= 0. */
export function constant(value: number): Distribution {
  checkNotNegative('constant', 'value', value);
  return { mean: value, create: () => () => value };
}

/** Exponential with the given mean. @throws PlimsollError ERR_PLIMSOLL_OPTION unless it is > 0. */
export function exponential(options: { readonly mean: number }): Distribution {
  const { mean } = options;
  checkPositive('exponential', 'mean', mean);
  return {
    mean,
    create: (random) => randomExponential.source(() => random.float())(1 / mean),
  };
}

/**
 * Normal; a draw below 0 counts as 0, so keep the mean some deviations above it.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION unless the deviation is >= 0 and the mean at least four of them.
 */
export function normal(options: {
  readonly mean: number;
  readonly deviation: number;
}): Distribution {
  const { mean, deviation } = options;
  checkNotNegative('normal', 'deviation', deviation);
  // Four deviations: what is cut off moves the mean by less than a hundred thousandth of one.
  const least = 4 * deviation;
  if (!(mean >= least)) throw optionError('normal', 'mean', `>= ${least}, 4 deviations`, mean);
  return {
    mean,
    create(random) {
      const draw = randomNormal.source(() => random.float())(mean, deviation);
      return () => Math.max(0, draw());
    },
  };
}

/**
 * Log-normal: its logarithm is normal with deviation `sigma` around the logarithm of `median`. Lengths of prompts and
 * answers look like this.
 *
 * @param options.max - larger draws are cut to it. Default: no bound.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a value that is not > 0.
 */
export function logNormal(options: {
  readonly median: number;
  readonly sigma: number;
  readonly max?: number;
}): Distribution {
  const { median, sigma, max = Infinity } = options;
  checkPositive('logNormal', 'median', median);
  checkPositive('logNormal', 'sigma', sigma);
  if (max !== Infinity) checkPositive('logNormal', 'max', max);
  const mu = Math.log(median);
  return {
    mean: max === Infinity ? Math.exp(mu + sigma ** 2 / 2) : meanOfCut(mu, sigma, max),
    create(random) {
      const draw = randomLogNormal.source(() => random.float())(mu, sigma);
      return () => Math.min(max, draw());
    },
  };
}

/**
 * Pareto: P(X > x) = (min / x)^alpha. For alpha <= 2 its variance is infinite unless `max` bounds it: the worst case of
 * heavy tails.
 *
 * @param options.max - larger draws are cut to it. Default: no bound.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a value that is not > 0, on a `max` below `min`, and on alpha <= 1
 * without `max`, as that has no mean.
 */
export function pareto(options: {
  readonly alpha: number;
  readonly min: number;
  readonly max?: number;
}): Distribution {
  const { alpha, min, max = Infinity } = options;
  checkPositive('pareto', 'alpha', alpha);
  checkPositive('pareto', 'min', min);
  if (!(max >= min)) throw optionError('pareto', 'max', `>= ${min}, the min`, max);
  if (max === Infinity && alpha <= 1) {
    throw optionError('pareto', 'alpha', '> 1 where no `max` is stated', alpha);
  }
  // The mean is min plus the integral of P(X > x) from min to max.
  const above =
    alpha === 1
      ? min * Math.log(max / min)
      : (min ** alpha * (min ** (1 - alpha) - max ** (1 - alpha))) / (alpha - 1);
  return {
    mean: min + above,
    create(random) {
      const draw = randomPareto.source(() => random.float())(alpha);
      return () => Math.min(max, min * draw());
    },
  };
}

/** E min(X, max) for a log-normal X, by the trapezoidal rule over eight deviations either way. */
function meanOfCut(mu: number, sigma: number, max: number): number {
  const step = 1 / 256;
  let sum = 0;
  for (let z = -8; z <= 8; z += step) {
    sum += Math.min(max, Math.exp(mu + sigma * z)) * Math.exp((-z * z) / 2);
  }
  return (sum * step) / Math.sqrt(2 * Math.PI);
}
