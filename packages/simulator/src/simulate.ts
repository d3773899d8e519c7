import {
  optionError,
  type QuotaLimits,
  type Random,
  seededRandom,
  type SeededRandom,
} from '@plimsoll/core';

import type { Arrivals } from './arrivals.ts';
import { checkInteger, checkNotNegative, checkPositive } from './check.ts';
import { EventClock } from './event-clock.ts';
import { type Gateway, gateway, type SimulatedBalancer } from './gateway.ts';
import { chatLengths, type Lengths } from './lengths.ts';
import { Recorder, type SloOptions } from './recorder.ts';
import type { Report } from './report.ts';
import { reportOf } from './report-of.ts';
import type { SimulatedTraits } from './request.ts';
import { Server, type ServerContext, type ServerOptions } from './server.ts';
import { Tallies } from './tally.ts';
import { Traffic } from './traffic.ts';

/** Options of `simulate`. */
export interface SimulationOptions {
  /** Equal seeds give equal runs, an integer from 0 to 2^32 - 1. @defaultValue 1 */
  readonly seed?: number;
  /** Seconds of simulated time in which requests come, > 0; those under way then are still finished. */
  readonly durationS: number;
  /** Requests that come in the first seconds are not counted, >= 0 and < `durationS`. @defaultValue a tenth of `durationS` */
  readonly warmUpS?: number;
  /** When requests come: `poisson`, `gammaBursts` or `recorded`. */
  readonly arrivals: Arrivals;
  /** How long they are. @defaultValue `chatLengths()` */
  readonly lengths?: Lengths;
  /**
   * What request `index` tells the balancer: hash key, region, …; `tenants()` makes one. A request is a stream unless
   * this says otherwise, and tells its `inputTokens`.
   * @defaultValue nothing more
   */
  readonly traits?: (index: number, random: Random) => SimulatedTraits;
  /** The servers by name, at least one. */
  readonly servers: Readonly<Record<string, ServerOptions>>;
  /** Makes the balancer of one gateway: with its `fleet`, or else it would live in real time. */
  readonly balancer: (gateway: Gateway) => SimulatedBalancer;
  /** Limits of quota groups by name, as each gateway's engine is told them. @defaultValue none */
  readonly quotaGroups?: Readonly<Record<string, QuotaLimits>>;
  /** Gateways over the same servers, an integer >= 1; each request comes to one of them by chance. @defaultValue 1 */
  readonly gateways?: number;
  /** What counts as served well, for `sloRatio` and goodput. */
  readonly slo?: SloOptions;
  /** Told at most two hundred times while requests come which part of `durationS` is over, 0 to 1; then 1 at that pace. */
  readonly onProgress?: (ratio: number) => void;
}

/** Where `epochMs` of the simulated clock starts: the start of 2026, UTC. */
const START_EPOCH_MS = Date.UTC(2026, 0, 1);

/** How often the progress is told while requests come. */
const PROGRESS_STEPS = 200;

/** Streams of chance: a change in one place, such as another strategy, must not move the others. */
const ARRIVALS = 1;
const LENGTHS = 2;
const TRAITS = 3;
const GATEWAY_CHOICE = 4;
const GATEWAYS = 1_000;
const SERVERS = 1_000_000;

/**
 * Runs balancers against simulated servers and traffic: the real engine and the real strategies, under a clock that jumps
 * from event to event.
 *
 * @returns what was measured; the same for the same options, on every machine.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range, and whatever `balancer` throws.
 */
export async function simulate(options: SimulationOptions): Promise<Report> {
  const { seed = 1, durationS, gateways = 1 } = options;
  const { warmUpS = durationS / 10 } = options;
  check(options, seed, warmUpS, gateways);
  const chance = (stream: number): SeededRandom => seededRandom(seed + stream * 0x1_0000_0000);
  const clock = new EventClock(START_EPOCH_MS);
  const context: ServerContext = {
    clock,
    tallies: new Tallies(),
    quotas: new Map(),
    promptCaches: new Map(),
  };
  const servers = new Map(
    Object.entries(options.servers).map(([name, server], index) => [
      name,
      new Server(name, server, context, chance(SERVERS + index)),
    ]),
  );
  const balancers = Array.from({ length: gateways }, (_, index) =>
    options.balancer(gateway(index, servers, options, context, chance(GATEWAYS + index))),
  );
  const slo = { firstContentMs: 2000, perTokenMs: 40, latencyMs: Infinity, ...options.slo };
  // One of each kind will do: equal servers often share one options object, and there may be hundreds.
  const kinds = new Map([...servers].map(([name, server]) => [options.servers[name], server]));
  const distinct = [...kinds.values()];
  const recorder = new Recorder(slo, (input, output) =>
    distinct.reduce((least, server) => Math.min(least, server.idealMs(input, output)), Infinity),
  );
  const traffic = new Traffic(
    clock,
    recorder,
    balancers,
    options.arrivals.create(chance(ARRIVALS)),
    options.lengths ?? chatLengths(),
    options.traits ?? (() => ({})),
    { lengths: chance(LENGTHS), traits: chance(TRAITS), gateway: chance(GATEWAY_CHOICE) },
    { durationS, warmUpS },
  );
  traffic.scheduleNext();
  // The engine leaves some things to a microtask, a refusal for instance: they happen before time goes on.
  const microtasks = Promise.resolve();
  const stepMs = (durationS * 1000) / PROGRESS_STEPS;
  let toldAtMs = 0;
  while ((traffic.isComing || recorder.open > 0) && clock.step()) {
    await microtasks;
    if (clock.now() < toldAtMs + stepMs) continue;
    toldAtMs = clock.now();
    options.onProgress?.(Math.min(1, toldAtMs / (durationS * 1000)));
  }
  return reportOf({
    seed,
    durationS,
    warmUpS,
    recorder,
    balancers,
    tallies: context.tallies,
    clock,
  });
}

function check(
  { durationS, servers, slo = {} }: SimulationOptions,
  seed: number,
  warmUpS: number,
  gateways: number,
): void {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw optionError('simulate', 'seed', 'an integer from 0 to 2^32 - 1', seed);
  }
  checkPositive('simulate', 'durationS', durationS);
  checkNotNegative('simulate', 'warmUpS', warmUpS);
  if (warmUpS >= durationS) throw optionError('simulate', 'warmUpS', `< ${durationS}`, warmUpS);
  checkInteger('simulate', 'gateways', gateways, 1);
  const count = Object.keys(servers).length;
  if (count === 0) throw optionError('simulate', 'servers', 'at least one server', count);
  for (const [name, limit] of Object.entries(slo)) {
    if (!(limit > 0)) throw optionError('simulate', `slo.${name}`, 'milliseconds > 0', limit);
  }
}
