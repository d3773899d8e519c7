import { isDeepStrictEqual } from 'node:util';

import type { Config, PoolConfig, TargetConfig } from '@plimsoll/config';

/** What one configuration has that another has not, in names. */
export interface Difference {
  readonly targets: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** They have something else than another weight. */
    readonly replaced: readonly string[];
    readonly reweighted: readonly Reweighting[];
  };
  readonly pools: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** They have another strategy or policy. */
    readonly rebuilt: readonly string[];
    /** Targets that came to a pool that stays as it is, or left it. */
    readonly joined: readonly Membership[];
    readonly left: readonly Membership[];
  };
  /** Ids of the clients that came, went or have other rights. */
  readonly clients: readonly string[];
}

export interface Reweighting {
  readonly target: string;
  readonly from: number;
  readonly to: number;
}

export interface Membership {
  readonly pool: string;
  readonly target: string;
}

/** How `after` differs from `before`. */
export function difference(before: Config, after: Config): Difference {
  const oldTargets = byKey(before.targets, ({ id }) => id);
  const newTargets = byKey(after.targets, ({ id }) => id);
  const oldPools = byKey(before.pools, ({ name }) => name);
  const newPools = byKey(after.pools, ({ name }) => name);
  const keptTargets = after.targets.filter(({ id }) => oldTargets.has(id));
  const keptPools = after.pools.filter(({ name }) => oldPools.has(name));
  const rebuilt = keptPools.filter((pool) => !isAlike(pool, oldPools.get(pool.name)!));
  const stay = keptPools.filter((pool) => !rebuilt.includes(pool));
  const rejudged = new Set(
    rebuilt
      .filter((pool) => !isJudgedAlike(pool, oldPools.get(pool.name)!))
      .flatMap(({ targets }) => targets),
  );
  return {
    targets: {
      added: after.targets.filter(({ id }) => !oldTargets.has(id)).map(({ id }) => id),
      removed: before.targets.filter(({ id }) => !newTargets.has(id)).map(({ id }) => id),
      // A target is judged as the pool that made it said, so another judgement takes a new target.
      replaced: keptTargets
        .filter((target) => rejudged.has(target.id) || !isSame(target, oldTargets.get(target.id)!))
        .map(({ id }) => id),
      reweighted: keptTargets
        .map(({ id, weight = 1 }) => ({
          target: id,
          from: oldTargets.get(id)!.weight ?? 1,
          to: weight,
        }))
        .filter(({ from, to }) => from !== to),
    },
    pools: {
      added: after.pools.filter(({ name }) => !oldPools.has(name)).map(({ name }) => name),
      removed: before.pools.filter(({ name }) => !newPools.has(name)).map(({ name }) => name),
      rebuilt: rebuilt.map(({ name }) => name),
      joined: stay.flatMap((pool) => missing(pool, oldPools.get(pool.name)!)),
      left: stay.flatMap((pool) => missing(oldPools.get(pool.name)!, pool)),
    },
    clients: changedClients(before, after),
  };
}

/** Whether there is none. */
export function isNothing({ targets, pools, clients }: Difference): boolean {
  const lists = [...Object.values(targets), ...Object.values(pools), clients];
  return lists.every((list) => list.length === 0);
}

function byKey<T>(list: readonly T[], key: (item: T) => string): Map<string, T> {
  return new Map(list.map((item) => [key(item), item]));
}

function isSame(a: TargetConfig, b: TargetConfig): boolean {
  return isDeepStrictEqual({ ...a, weight: undefined }, { ...b, weight: undefined });
}

function isAlike(a: PoolConfig, b: PoolConfig): boolean {
  return isDeepStrictEqual({ ...a, targets: undefined }, { ...b, targets: undefined });
}

function isJudgedAlike({ health: a }: PoolConfig, { health: b }: PoolConfig): boolean {
  return isDeepStrictEqual([a.breaker, a.slowStart], [b.breaker, b.slowStart]);
}

/** The targets of `pool` that `other` has not. */
function missing(pool: PoolConfig, other: PoolConfig): Membership[] {
  const ids = pool.targets.filter((id) => !other.targets.includes(id));
  return ids.map((target) => ({ pool: pool.name, target }));
}

function changedClients(before: Config, after: Config): string[] {
  const old = byKey(before.clients ?? [], ({ id }) => id);
  const now = byKey(after.clients ?? [], ({ id }) => id);
  const ids = new Set([...old.keys(), ...now.keys()]);
  return [...ids].filter((id) => !isDeepStrictEqual(old.get(id), now.get(id)));
}
