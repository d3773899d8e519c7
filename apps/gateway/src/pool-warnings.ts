import type { PoolConfig, TargetConfig } from '@plimsoll/config';
import type { StrategyDefinition } from '@plimsoll/core';

import type { Remark } from './remark.ts';
import { strategiesIn } from './strategy-maker.ts';

/** What a pool states that its strategy, or one within it, will not look at. */
export function poolWarnings(
  pool: PoolConfig,
  strategy: StrategyDefinition,
  targets: readonly TargetConfig[],
  isPlace: (region: string) => boolean,
): Remark[] {
  return [...ofWeights(pool, strategy, targets), ...ofRegions(pool, targets, isPlace)];
}

function ofWeights(
  { name }: PoolConfig,
  strategy: StrategyDefinition,
  targets: readonly TargetConfig[],
): Remark[] {
  const differ = new Set(targets.map(({ weight }) => weight)).size > 1;
  if (strategy.honoursWeights || !differ) return [];
  const message = `the strategy ${strategy.name} ignores weights, and the targets of ${name} state different ones`;
  return [{ about: { strategyOf: name }, message }];
}

function ofRegions(
  { name, strategy }: PoolConfig,
  targets: readonly TargetConfig[],
  isPlace: (region: string) => boolean,
): Remark[] {
  const remarks: Remark[] = [];
  for (const { config, at } of strategiesIn(strategy)) {
    const { nearest, places: own = {} } = config.options;
    if (config.use !== 'geo' || nearest === 'latency') continue;
    const unknown = targets.filter(
      ({ region }) =>
        region === undefined || !(isPlace(region) || Object.hasOwn(own as object, region)),
    );
    if (unknown.length === 0) continue;
    const list = unknown.map(({ id, region }) => `${id} (${region ?? 'no region'})`).join(', ');
    const message = `geo does not know where these targets are, so they come last; name their regions under places: ${list}`;
    remarks.push({ about: { strategyOf: name, at }, message });
  }
  return remarks;
}
