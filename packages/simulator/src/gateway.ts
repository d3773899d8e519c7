import { type Balancer, fleet, type Fleet, type TargetOptions } from '@plimsoll/balancer';
import type { Provider, QuotaLimits, SeededRandom, StrategyDefinition } from '@plimsoll/core';

import { checkPositive } from './check.ts';
import { globalView } from './global-view.ts';
import type { Server, ServerContext, ServerOptions } from './server.ts';

/** What the simulation needs of a balancer. */
export type SimulatedBalancer = Pick<Balancer, 'start' | 'stats'>;

/** What a gateway's balancer is made from. Gateways know nothing of each other: each has its own fleet. */
export interface Gateway {
  /** 0 for the first gateway. */
  readonly index: number;
  /** Has the simulation's clock and seeded chance: give it to `balancer` as it is. */
  readonly fleet: Fleet;
  /** One target per server, with the server's name as id and the fields of its `target`. */
  readonly targets: readonly TargetOptions[];
  /** The servers by name, for targets of another make: several keys of one server, for instance. */
  readonly providers: Readonly<Record<string, Provider>>;
  /**
   * Wraps a strategy so that it sees the attempts in flight of all gateways as they stood at the last full `refreshS`
   * seconds, instead of its own gateway's as they are.
   */
  globalView(
    strategy: StrategyDefinition,
    options: { readonly refreshS: number },
  ): StrategyDefinition;
}

export function gateway(
  index: number,
  servers: ReadonlyMap<string, Server>,
  options: {
    readonly servers: Readonly<Record<string, ServerOptions>>;
    readonly quotaGroups?: Readonly<Record<string, QuotaLimits>>;
  },
  context: ServerContext,
  random: SeededRandom,
): Gateway {
  const { quotaGroups = {} } = options;
  return {
    index,
    fleet: fleet({ clock: context.clock, random, quotaGroups }),
    targets: [...servers].map(([id, provider]) => ({
      ...options.servers[id]?.target,
      id,
      provider,
    })),
    providers: Object.fromEntries(servers),
    globalView(strategy, { refreshS }) {
      checkPositive('globalView', 'refreshS', refreshS);
      return globalView(strategy, context.tallies, refreshS * 1000);
    },
  };
}
