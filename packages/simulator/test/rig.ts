import { balancer, type BalancerOptions, breaker } from '@plimsoll/balancer';
import type { StrategyDefinition } from '@plimsoll/core';

import {
  chatLengths,
  constant,
  exponential,
  type Gateway,
  type Lengths,
  queue,
  type ServerOptions,
} from '../src/index.ts';

/** Mean work of a chat request, in tokens: 0.02 per prompt token, 1, and the answer. */
export const CHAT_WORK: number = workOf(chatLengths());

export function workOf({ input, output }: Lengths): number {
  return 0.02 * input.mean + 1 + output.mean;
}

/** Servers `t0`, `t1`, … that are all alike. */
export function alike(count: number, options: ServerOptions): Record<string, ServerOptions> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, options]));
}

/** The servers of the scenarios: 2,560 tokens per second, 80 per stream, so 32 streams at full speed. */
export const TOKENS_PER_S = 2560;
export const STREAM_TOKENS_PER_S = 80;

/** A balancer over all servers with time limits that never act. */
export function patient(
  strategy: StrategyDefinition,
  options: Partial<BalancerOptions> = {},
): (gateway: Gateway) => ReturnType<typeof balancer> {
  const hour = 3_600_000;
  const timeouts = { firstContentMs: hour, idleMs: hour, deadlineMs: hour, totalMs: hour };
  return ({ fleet, targets }) =>
    balancer({ strategy, fleet, targets, timeouts, decisions: 0, ...options });
}

/** One attempt per request, and no target is ever taken out. */
export const BARE: Partial<BalancerOptions> = {
  retry: { budgetRatio: 0, budgetCap: 0, budgetInitial: 0 },
  health: breaker({ trip: [] }),
};

/**
 * The single-server queue of the textbooks, with exponential service of mean 100 ms: 10,000 tokens at 100,000 per second.
 * A tenth of a second instead of a second, as the engine looks at its time limits a hundred times per second.
 */
export const SERVICE_MS = 100;
export const SERVICE_LENGTHS: Lengths = {
  input: constant(0),
  output: exponential({ mean: 10_000 }),
};
export const SINGLE_SERVER: ServerOptions = {
  service: queue({ places: 1, tokensPerS: 100_000 }),
  roundTripMs: 0,
  baseWork: 0,
};
