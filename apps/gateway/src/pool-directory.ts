import type { Balancer } from '@plimsoll/balancer';
import type { TargetConfig } from '@plimsoll/config';
import type { Spending, WireHead, WireRequest } from '@plimsoll/core';

import type { HashKeyReader } from './hash-key.ts';
import type { RateLimitHeaders } from './rate-limit-headers.ts';

/** A pool as the gateway serves it. */
export interface ServedPool {
  readonly name: string;
  /** Model names it answers to; each may hold `*`. */
  readonly accepts: readonly string[];
  /** The strategy's name, as answers tell it. */
  readonly strategy: string;
  readonly targets: readonly TargetConfig[];
  readonly balancer: Balancer<WireRequest, WireHead, Uint8Array>;
  /** Regions that its requests may not leave. */
  readonly residency?: readonly string[] | undefined;
  /** Accounts that every request is charged to, whoever asks. */
  readonly spending?: readonly Spending[] | undefined;
  /** Where it looks for a key for consistent hashing; in the usual places where absent. */
  readonly hashKey?: HashKeyReader | undefined;
  /** How far a target's share may be from the expected one, 0 to 1. @defaultValue as the monitor has it */
  readonly fairnessBound?: number | undefined;
  /** Tells how limits stand; absent where no target has any. */
  readonly rateLimits?: RateLimitHeaders | undefined;
}

/** Where a request goes. */
export interface Destination {
  readonly pool: ServedPool;
  /** The only target that may serve it, by id. */
  readonly pin: string | undefined;
  /** The model's name without the target that was pinned. */
  readonly model: string;
}

interface Pattern {
  readonly expression: RegExp;
  readonly literals: number;
  readonly pool: ServedPool;
}

/** Finds the pool that a request's `model` names: by its exact name first, then by the most specific pattern. */
export class PoolDirectory {
  readonly pools: readonly ServedPool[];
  readonly #exact = new Map<string, Destination>();
  readonly #patterns: readonly Pattern[];

  constructor(pools: readonly ServedPool[]) {
    this.pools = pools;
    const patterns: Pattern[] = [];
    for (const pool of pools) {
      for (const name of pool.accepts) {
        if (name.includes('*')) patterns.push(pattern(name, pool));
        else this.#exact.set(name, { pool, pin: undefined, model: name });
      }
    }
    this.#patterns = patterns.sort((a, b) => b.literals - a.literals);
  }

  /** The destination of `model`: a pool's name, or `pool@target`. Undefined when there is none. */
  find(model: string): Destination | undefined {
    const exact = this.#exact.get(model);
    if (exact !== undefined) return exact;
    // Model names may hold an @ of their own, so what follows it must be a target of the pool before it.
    const at = model.lastIndexOf('@');
    if (at > 0) {
      const name = model.slice(0, at);
      const pool = this.#exact.get(name)?.pool ?? this.#match(name);
      const pin = model.slice(at + 1);
      if (pool !== undefined && hasTarget(pool, pin)) return { pool, pin, model: name };
    }
    const pool = this.#match(model);
    return pool === undefined ? undefined : { pool, pin: undefined, model };
  }

  /** What `find` knows, for people. */
  describe(): string {
    const names = this.pools.flatMap(({ accepts }) => accepts);
    const [first] = this.pools;
    const target = first?.balancer.stats().targets[0];
    const pin =
      first === undefined || target === undefined
        ? ''
        : `; ${first.name}@${target.id} asks for one target`;
    return `${names.join(', ')}${pin}`;
  }

  #match(model: string): ServedPool | undefined {
    for (const { expression, pool } of this.#patterns) if (expression.test(model)) return pool;
    return undefined;
  }
}

/** Whether `pool` has a target with this id at the moment. */
export function hasTarget(pool: ServedPool, id: string): boolean {
  // Targets come and go while the pool runs, so the pool itself is asked.
  return pool.balancer.stats().targets.some((target) => target.id === id);
}

function pattern(name: string, pool: ServedPool): Pattern {
  const parts = name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return {
    expression: new RegExp(`^${parts.join('.*')}$`, 's'),
    literals: name.replaceAll('*', '').length,
    pool,
  };
}
