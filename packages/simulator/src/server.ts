import {
  type AttemptControl,
  type AttemptSink,
  type Failure,
  optionError,
  type Provider,
  type Random,
  type Request,
  type Target,
} from '@plimsoll/core';
import { classifyUnknown, type TargetOptions } from '@plimsoll/balancer';

import { checkNotNegative } from './check.ts';
import type { EventClock } from './event-clock.ts';
import type { Fault } from './fault.ts';
import { scheduleFaults } from './fault-schedule.ts';
import { PromptCache, type PromptCacheOptions, checkPromptCache } from './prompt-cache.ts';
import { admit, Quota, type QuotaOptions, checkQuota } from './quota.ts';
import type { SimulatedRequest } from './request.ts';
import type { Service, ServiceDefinition } from './service.ts';
import { SimulatedAttempt } from './simulated-attempt.ts';
import { REFUSED, serverError, throttled, tooLarge } from './simulated-failure.ts';
import type { Tallies } from './tally.ts';

/** A server as it is configured. */
export interface ServerOptions {
  /** How it works on requests: `processorSharing`, `queue` or `delay`. */
  readonly service: ServiceDefinition;
  /** Milliseconds to the server and back, >= 0. @defaultValue 50 */
  readonly roundTripMs?: number;
  /** What goes wrong, and when. @defaultValue nothing */
  readonly faults?: readonly Fault[];
  /**
   * What one quota group may send to one model here; what is over it is answered with 429 and `Retry-After`. Servers whose
   * targets share quota group and model share its count, so state the same limits for them. @defaultValue no limit
   */
  readonly quota?: QuotaOptions;
  /** What all together may send here, besides that. @defaultValue no limit */
  readonly ownQuota?: QuotaOptions;
  /** The provider's prompt cache, one per `cacheDomain` of the targets. @defaultValue none */
  readonly promptCache?: PromptCacheOptions;
  /** Work of reading one uncached prompt token, in tokens of the answer, >= 0. @defaultValue 0.02 */
  readonly inputWork?: number;
  /** Work of a request before its first content that does not depend on its length, in tokens, >= 0. @defaultValue 1 */
  readonly baseWork?: number;
  /** Fields of the target that stands for the server: weight, price, region, … @defaultValue the engine's defaults */
  readonly target?: Omit<Partial<TargetOptions>, 'id' | 'provider'>;
}

/** What all servers of a simulation share. */
export interface ServerContext {
  readonly clock: EventClock;
  readonly tallies: Tallies;
  readonly quotas: Map<string, Quota>;
  readonly promptCaches: Map<string, PromptCache>;
}

/** A 429 is sent this long after the request came. */
const REJECT_MS = 20;

/**
 * A simulated server behind core's provider contract: engines make attempts on it and cannot tell it from a real one.
 *
 * A request takes its whole round trip on the way there and its answer none on the way back: for the balancer that is
 * the same, at one event less per message.
 */
export class Server implements Provider<SimulatedRequest> {
  readonly name: string;
  readonly clock: EventClock;
  readonly tallies: Tallies;
  readonly #service: Service;
  readonly #options: ServerOptions;
  readonly #roundTripMs: number;
  readonly #inputWork: number;
  readonly #baseWork: number;
  readonly #random: Random;
  readonly #context: ServerContext;
  readonly #ownQuota: Quota | undefined;
  /** Of faults that lower the limit for a while; each counts over the whole run. */
  readonly #faultQuotas: ReadonlyMap<Fault, Quota>;
  #faults: readonly Fault[] = [];
  #errors: Fault[] = [];
  #isOut = false;

  /** @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range. */
  constructor(name: string, options: ServerOptions, context: ServerContext, random: Random) {
    const { roundTripMs = 50, inputWork = 0.02, baseWork = 1 } = options;
    const at = `servers.${name}`;
    checkNotNegative('simulate', `${at}.roundTripMs`, roundTripMs);
    checkNotNegative('simulate', `${at}.inputWork`, inputWork);
    checkNotNegative('simulate', `${at}.baseWork`, baseWork);
    if (typeof options.service?.create !== 'function') {
      throw optionError('simulate', `${at}.service`, 'a service definition', options.service);
    }
    for (const name of ['quota', 'ownQuota'] as const) {
      const quota = options[name];
      if (quota !== undefined) checkQuota('simulate', `servers[].${name}.`, quota);
    }
    if (options.promptCache !== undefined) checkPromptCache(options.promptCache);
    this.name = name;
    this.clock = context.clock;
    this.tallies = context.tallies;
    this.#options = options;
    this.#roundTripMs = roundTripMs;
    this.#inputWork = inputWork;
    this.#baseWork = baseWork;
    this.#context = context;
    this.#random = random;
    this.#ownQuota = options.ownQuota && new Quota(options.ownQuota);
    this.#faultQuotas = new Map(
      options.faults?.flatMap((fault) =>
        fault.quota === undefined ? [] : [[fault, new Quota(fault.quota)]],
      ),
    );
    this.#service = options.service.create({ clock: this.clock, random });
    scheduleFaults(this.clock, options.faults ?? [], (faults) => this.#change(faults));
  }

  attempt(target: Target, request: Request<SimulatedRequest>, sink: AttemptSink): AttemptControl {
    const attempt = new SimulatedAttempt(this, target, request.payload, sink);
    this.clock.schedule(attempt, this.clock.now() + this.#roundTripMs);
    return attempt;
  }

  classify(error: unknown): Failure {
    return classifyUnknown(error);
  }

  /** Whether the server can be reached: a round trip later, whatever its speed. */
  probe(_target: Target, done: (failure: Failure | undefined) => void): { abort(): void } {
    const answer = (): void => done(this.#isOut ? REFUSED : undefined);
    const probe = this.clock.at(this.clock.now() + this.#roundTripMs, answer);
    return { abort: () => this.clock.cancel(probe) };
  }

  /** Milliseconds the request would take here if it were the only one, its prompt uncached. */
  idealMs(inputTokens: number, outputTokens: number): number {
    const work = this.#firstWork(inputTokens) + outputTokens;
    return this.#roundTripMs + this.#options.service.idealMs(work);
  }

  /** The attempt has arrived: it is refused, fails, or is worked on. */
  receive(attempt: SimulatedAttempt, nowMs: number): void {
    if (this.#isOut) {
      attempt.fail(REFUSED);
      return;
    }
    attempt.accept();
    const error = this.#errors.find(({ errors }) => this.#random.float() < errors!.ratio)?.errors;
    if (error !== undefined) {
      const { status, afterMs, retryAfterMs } = error;
      attempt.failAt(
        status === 429 ? throttled(retryAfterMs) : serverError(status),
        nowMs + afterMs,
      );
      return;
    }
    const { inputTokens, outputTokens, prefix } = attempt.request;
    const waitMs = admit(this.#quotas(attempt.target), inputTokens + outputTokens, nowMs);
    if (waitMs > 0) {
      attempt.failAt(waitMs === Infinity ? tooLarge() : throttled(waitMs), nowMs + REJECT_MS);
      return;
    }
    const cache = this.#promptCache(attempt.target);
    attempt.cache = cache;
    attempt.cachedTokens = cache?.cachedTokens(prefix, inputTokens, nowMs) ?? 0;
    attempt.firstWork = this.#firstWork(inputTokens - attempt.cachedTokens);
    attempt.totalWork = attempt.firstWork + outputTokens;
    attempt.isInService = true;
    this.#service.start(attempt, nowMs);
  }

  /** The engine has given the attempt up. */
  abandon(attempt: SimulatedAttempt): void {
    this.#service.cancel(attempt, this.clock.now());
  }

  #firstWork(uncachedTokens: number): number {
    return this.#inputWork * uncachedTokens + this.#baseWork;
  }

  /** All that limit a request of `target` now. */
  #quotas({ quotaGroup, model }: Target): Quota[] {
    const { quota } = this.#options;
    const quotas = this.#faults.flatMap((fault) => this.#faultQuotas.get(fault) ?? []);
    if (this.#ownQuota !== undefined) quotas.push(this.#ownQuota);
    if (quota !== undefined) {
      const key = JSON.stringify([quotaGroup, model]);
      quotas.push(of(this.#context.quotas, key, () => new Quota(quota)));
    }
    return quotas;
  }

  #promptCache(target: Target): PromptCache | undefined {
    const { promptCache } = this.#options;
    if (promptCache === undefined) return undefined;
    return of(this.#context.promptCaches, target.cacheDomain, () => new PromptCache(promptCache));
  }

  /** From now on these faults hold. */
  #change(faults: readonly Fault[]): void {
    const nowMs = this.clock.now();
    this.#faults = faults;
    this.#errors = faults.filter(({ errors }) => errors !== undefined);
    this.#isOut = faults.some(({ isOut }) => isOut);
    const speed = faults.reduce((product, fault) => product * fault.speed, 1);
    this.#service.setSpeed(speed, nowMs);
    if (!this.#isOut) return;
    for (const job of this.#service.jobs()) {
      this.#service.cancel(job, nowMs);
      (job as SimulatedAttempt).fail(REFUSED);
    }
  }
}

function of<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
