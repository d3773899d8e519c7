import { balancer } from '@plimsoll/balancer';
import type { Config, LimitsConfig, PoolConfig, TargetConfig } from '@plimsoll/config';
import type { Random, StrategyDefinition } from '@plimsoll/core';
import {
  chatLengths,
  failures,
  type Fault,
  poisson,
  processorSharing,
  type QuotaOptions,
  type ServerOptions,
  type SimulatedBalancer,
  type SimulatedTraits,
  type SimulationOptions,
  tenants,
} from '@plimsoll/simulator';

import type { Composition } from '../composition.ts';
import { defined } from '../defined.ts';
import { poolOptions } from '../pool-options.ts';
import { strategiesIn } from '../strategy-maker.ts';
import type { TargetFault } from './fault-text.ts';

/*
 * How a configuration becomes a simulation: everything that is taken over, assumed or left out stands here.
 */

/** What the configuration does not say. */
export interface Assumptions {
  /** Requests per second, > 0. */
  readonly ratePerS: number;
  readonly durationS: number;
  /** Tokens per second of one answer, of targets that are not simulated ones already. */
  readonly streamTokensPerS: number;
  /** Answers such a target gives at that speed at once; more share it. */
  readonly streams: number;
  /** Callers; few of them send most. */
  readonly users: number;
}

export const USUAL: Assumptions = {
  ratePerS: 10,
  durationS: 600,
  streamTokensPerS: 80,
  streams: 50,
  users: 1000,
};

/** To the server and back. */
const ROUND_TRIP_MS = 50;

/** Work before the first content that does not depend on the prompt, in tokens: a quarter of a second at the usual speed. */
const BASE_WORK = 20;

/** A pool, ready to be simulated. */
export interface PoolSimulation {
  /** Without a seed. */
  readonly options: Omit<SimulationOptions, 'seed' | 'balancer'>;
  /** Makes the balancer of one run; `made` is handed it. */
  balancerOf(made: (pool: SimulatedBalancer) => void): SimulationOptions['balancer'];
  /** Requests per second that speed and limits allow all targets together. */
  readonly capacityPerS: number;
  /** What of the configuration is left out, in words. */
  readonly leftOut: readonly string[];
}

export function simulationOf(
  config: Config,
  pool: PoolConfig,
  parts: {
    readonly composition: Pick<Composition, 'target'>;
    readonly strategy: StrategyDefinition;
    readonly faults: readonly TargetFault[];
  },
  assumptions: Assumptions,
): PoolSimulation {
  const { quotaGroups } = config;
  const targets = pool.targets.map((id) => config.targets.find((target) => target.id === id)!);
  const servers = Object.fromEntries(
    targets.map((target) => {
      const { id: _id, provider: _provider, ...stated } = parts.composition.target(target.id)!;
      const server: ServerOptions = {
        ...serverOf(target, assumptions),
        faults: [
          ...errorsOf(target),
          ...parts.faults.flatMap(({ targets: of, fault }) =>
            of.includes(target.id) ? [fault] : [],
          ),
        ],
        target: stated,
        ...defined({
          quota: quotaOf(quotaGroups?.[stated.quotaGroup!]),
          ownQuota: quotaOf(target.simulate?.limits) ?? quotaOf(target.limits),
        }),
      };
      return [target.id, server];
    }),
  );
  const { ratePerS, durationS, users } = assumptions;
  return {
    options: {
      durationS,
      // Callers see the start, too.
      warmUpS: 0,
      arrivals: poisson({ perS: ratePerS }),
      servers,
      traits: traitsOf(pool, targets, users),
      ...defined({ quotaGroups }),
    },
    balancerOf: (onMade) => (gateway) => {
      const { probe, ...options } = poolOptions(pool);
      const made = balancer({
        ...options,
        // A probe that is a request would cost what no caller asked for, and has no answer here.
        ...(probe === undefined ? {} : { probe: { everyMs: probe.everyMs } }),
        strategy: parts.strategy,
        fleet: gateway.fleet,
        targets: gateway.targets,
      });
      onMade(made);
      return made;
    },
    capacityPerS: capacityOf(config, targets, parts.composition, assumptions),
    leftOut: leftOutOf(config, pool, targets),
  };
}

/** How fast the target is: what it says of itself where it is a simulated one, what is assumed of all others. */
function serverOf(
  { simulate, provider }: TargetConfig,
  { streamTokensPerS, streams }: Assumptions,
): Pick<ServerOptions, 'service' | 'roundTripMs' | 'baseWork' | 'inputWork'> {
  if (provider !== 'simulated') {
    const tokensPerS = streamTokensPerS * streams;
    const service = processorSharing({ tokensPerS, streamTokensPerS });
    return { service, roundTripMs: ROUND_TRIP_MS, baseWork: BASE_WORK };
  }
  // As the simulated provider: its speed is the same however many ask, and its first token whatever they ask.
  const { firstTokenMs = 200, tokensPerSecond = 50 } = simulate ?? {};
  const perStream = Math.min(tokensPerSecond, 1e6);
  const service = processorSharing({ tokensPerS: perStream * 1e6, streamTokensPerS: perStream });
  const roundTripMs = Math.min(ROUND_TRIP_MS, firstTokenMs);
  const baseWork = ((firstTokenMs - roundTripMs) / 1000) * perStream;
  return { service, roundTripMs, baseWork, inputWork: 0 };
}

function errorsOf({ simulate }: TargetConfig): Fault[] {
  const { errorRatio = 0 } = simulate ?? {};
  return errorRatio > 0 ? [failures({ ratio: errorRatio })] : [];
}

/** Limits as the provider enforces them: a bucket that is full at the start. */
function quotaOf(limits: Pick<LimitsConfig, 'rpm' | 'tpm'> | undefined): QuotaOptions | undefined {
  if (limits?.rpm === undefined && limits?.tpm === undefined) return undefined;
  return defined({ requestsPerMinute: limits.rpm, tokensPerMinute: limits.tpm });
}

/** Callers by Zipf's law, each with a key of its own, from the regions that the targets are in. */
function traitsOf(
  { residency }: PoolConfig,
  targets: readonly TargetConfig[],
  users: number,
): (index: number, random: Random) => SimulatedTraits {
  const keyed = tenants({ count: users });
  const regions = [...new Set(targets.flatMap(({ region }) => region ?? []))];
  return (index, random) => {
    const { hashKey } = keyed(index, random);
    const region = regions[random.below(Math.max(1, regions.length))];
    return { hashKey, region, residency, operation: 'chat' };
  };
}

/** Mean work of a request in tokens of the answer, and tokens it is counted with. */
function meansOf(): { readonly work: number; readonly tokens: number } {
  const { input, output } = chatLengths();
  return {
    work: 0.02 * input.mean + BASE_WORK + output.mean,
    tokens: input.mean + output.mean,
  };
}

function capacityOf(
  config: Config,
  targets: readonly TargetConfig[],
  composition: Pick<Composition, 'target'>,
  assumptions: Assumptions,
): number {
  const { work, tokens } = meansOf();
  const allowed = (limits: Pick<LimitsConfig, 'rpm' | 'tpm'> | undefined): number =>
    Math.min((limits?.rpm ?? Infinity) / 60, (limits?.tpm ?? Infinity) / 60 / tokens);
  const byGroup = new Map<string, number>();
  let capacityPerS = 0;
  for (const target of targets) {
    const speed =
      target.provider === 'simulated'
        ? Infinity
        : (assumptions.streamTokensPerS * assumptions.streams) / work;
    const own = Math.min(speed, allowed(target.limits), allowed(target.simulate?.limits));
    const { quotaGroup = target.id, model } = composition.target(target.id)!;
    const group = config.quotaGroups?.[quotaGroup];
    if (group === undefined) {
      capacityPerS += own;
    } else {
      const key = JSON.stringify([quotaGroup, model]);
      const before = byGroup.get(key) ?? 0;
      byGroup.set(key, Math.min(allowed(group), before + own));
    }
  }
  for (const group of byGroup.values()) capacityPerS += group;
  return capacityPerS;
}

function leftOutOf(config: Config, pool: PoolConfig, targets: readonly TargetConfig[]): string[] {
  const uses = strategiesIn(pool.strategy).map(({ config: { use } }) => use);
  const others = config.pools.filter(
    (other) => other !== pool && other.targets.some((id) => pool.targets.includes(id)),
  );
  const isAny = (has: (target: TargetConfig) => unknown): boolean => targets.some(has);
  const notes: [boolean, string][] = [
    [pool.rescue !== undefined, 'rescue: a stream that breaks off is not gone on with'],
    [
      pool.health.probe?.request !== undefined,
      'probes that are requests: probes only ask whether a target can be reached',
    ],
    [config.budget !== undefined, 'budgets over all pools'],
    [config.clients !== undefined, 'clients: their rights, priorities and budgets'],
    [config.state !== undefined, 'what the store knows of earlier days, and other gateways'],
    [
      uses.includes('rules'),
      'tags, metadata, tools and images of requests, which rules may look at',
    ],
    [
      others.length > 0,
      `the traffic of ${others.map(({ name }) => name).join(', ')} on shared targets`,
    ],
    [
      isAny(({ price }) => price?.cachedInput !== undefined),
      'prompt caches: all of a prompt is read and paid',
    ],
    [isAny(({ simulate }) => simulate?.jitterRatio), 'jitter of simulated targets'],
    [isAny(({ simulate }) => simulate?.outputTokens), 'answers of a fixed length'],
    [
      isAny(({ simulate }) => simulate?.limits?.concurrency),
      'concurrency limits that a provider itself enforces',
    ],
  ];
  return notes.filter(([holds]) => holds).map(([, note]) => note);
}
