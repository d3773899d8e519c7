import { randomExponential, randomGamma } from 'd3-random';
import { optionError, type Random } from '@plimsoll/core';

import { checkPositive } from './check.ts';

/** When requests come. */
export interface Arrivals {
  /** A stream of arrivals, fed by `random`. */
  create(random: Random): ArrivalStream;
}

/** Hands out arrivals in the order of time; undefined once there are no more. */
export type ArrivalStream = () => Arrival | undefined;

/** One request comes. Lengths that are stated replace those drawn. */
export interface Arrival {
  /** Seconds since the start of the simulation. */
  readonly atS: number;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/**
 * Requests of many independent users: the gaps between them are exponential.
 *
 * @param options.perS - mean requests per second, > 0.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION unless it is.
 */
export function poisson(options: { readonly perS: number }): Arrivals {
  const { perS } = options;
  checkPositive('poisson', 'perS', perS);
  return {
    create: (random) => renewal(randomExponential.source(() => random.float())(perS)),
  };
}

/**
 * Bursts: the gaps are Gamma-distributed with a coefficient of variation above 1, so that requests come in crowds with
 * lulls between them; with 1 it is `poisson`, below 1 it is more even.
 *
 * Source: Gamma gaps fit the bursts of real LLM services: Wang et al., BurstGPT, 2024, https://arxiv.org/abs/2401.17644.
 *
 * @param options.perS - mean requests per second, > 0.
 * @param options.variation - standard deviation of the gaps over their mean, > 0.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION unless both are.
 */
export function gammaBursts(options: {
  readonly perS: number;
  readonly variation: number;
}): Arrivals {
  const { perS, variation } = options;
  checkPositive('gammaBursts', 'perS', perS);
  checkPositive('gammaBursts', 'variation', variation);
  // A Gamma of shape k has the coefficient of variation 1 / sqrt(k).
  const shape = 1 / variation ** 2;
  return {
    create: (random) =>
      renewal(randomGamma.source(() => random.float())(shape, 1 / (shape * perS))),
  };
}

/**
 * What was recorded, as it was: moments in seconds since the start, or arrivals that state lengths too. What comes after
 * the simulation's duration is left out.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION when a moment is negative or before the one in front of it.
 */
export function recorded(arrivals: readonly (number | Arrival)[]): Arrivals {
  const list = arrivals.map((one) => (typeof one === 'number' ? { atS: one } : one));
  let lastS = 0;
  for (const [index, { atS }] of list.entries()) {
    if (!(atS >= lastS && Number.isFinite(atS))) {
      throw optionError('recorded', `arrivals[${index}].atS`, `seconds >= ${lastS}`, atS);
    }
    lastS = atS;
  }
  return {
    create() {
      let next = 0;
      return () => list[next++];
    },
  };
}

/** Arrivals with independent gaps, in seconds. */
function renewal(gapS: () => number): ArrivalStream {
  let atS = 0;
  return () => {
    atS += gapS();
    return { atS };
  };
}
