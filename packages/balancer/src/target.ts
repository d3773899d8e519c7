import { optionError, type Target } from '@plimsoll/core';

import type { TargetOptions } from './options.ts';

/**
 * The target that `options` describe, defaults filled in and frozen.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION that names the target and the field.
 */
export function resolveTarget(options: TargetOptions): Target {
  if (typeof options.id !== 'string' || options.id === '') {
    throw optionError('balancer', 'targets[].id', 'a string that is not empty', options.id);
  }
  const at = (field: string): string => `targets.${options.id}.${field}`;
  const weight = options.weight ?? 1;
  checkWeight(at('weight'), weight);
  const tier = options.tier ?? 0;
  if (!Number.isInteger(tier) || tier < 0) {
    throw optionError('balancer', at('tier'), 'an integer >= 0', tier);
  }
  const concurrency = options.limits?.concurrency;
  if (concurrency !== undefined && (!Number.isInteger(concurrency) || concurrency < 1)) {
    throw optionError('balancer', at('limits.concurrency'), 'an integer >= 1', concurrency);
  }
  for (const [name, price] of Object.entries(options.price ?? {})) {
    if (typeof price !== 'number' || !(price >= 0)) {
      throw optionError(
        'balancer',
        at(`price.${name}`),
        'US dollars per million tokens, >= 0',
        price,
      );
    }
  }
  return Object.freeze({
    ...options,
    weight,
    tier,
    tags: options.tags ?? [],
    quotaGroup: options.quotaGroup ?? options.id,
    cacheDomain: options.cacheDomain ?? options.id,
  });
}

/** @throws PlimsollError ERR_PLIMSOLL_OPTION unless `weight` is finite and >= 0. */
export function checkWeight(name: string, weight: number): void {
  if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0) {
    throw optionError('balancer', name, 'a number > 0, or 0 for standby', weight);
  }
}

/**
 * Checks what only the list as a whole can show.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an id used twice, on weights that only some targets state, and when all are 0.
 */
export function checkTargets(targets: readonly TargetOptions[]): void {
  const seen = new Set<string>();
  for (const { id } of targets) {
    if (seen.has(id)) throw optionError('balancer', 'targets[].id', 'unique', id);
    seen.add(id);
  }
  const without = targets.find((target) => target.weight === undefined);
  if (without !== undefined && targets.some((target) => target.weight !== undefined)) {
    throw optionError(
      'balancer',
      `targets.${without.id}.weight`,
      'stated for all targets of the pool or for none',
      undefined,
    );
  }
  if (targets.length > 0 && targets.every((target) => target.weight === 0)) {
    throw optionError('balancer', 'targets[].weight', '> 0 for at least one target', 0);
  }
}
