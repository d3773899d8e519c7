import type { Failure, RequestTraits, Target, Transcript } from '@plimsoll/core';

import { isThrottle } from './cool-downs.ts';
import { breaksOff } from './endings.ts';
import type { Narrowing } from './narrowing.ts';
import type { Pool } from './pool.ts';

/** An answer that broke off after its caller had content, and is to be gone on with. */
export interface Rescue {
  readonly transcript: Transcript;
  /** What broke it off first, and where: that is what the caller hears if no other target can go on. */
  readonly failure: Failure;
  readonly target: Target;
}

/**
 * What a request has learned from its failed attempts: which targets are out, what another one must be like, and
 * whether it is worth waiting. Made at the first failure; most requests never have one.
 */
export class Recovery implements Narrowing {
  readonly tried: number[] = [];
  minContextWindow = 0;
  excludedProvider: string | undefined = undefined;
  onlyModel: string | undefined = undefined;
  mustResume = false;
  rescue: Rescue | undefined = undefined;
  readonly #pool: Pool;
  readonly #request: RequestTraits;
  #sameTargetRetries = 0;

  constructor(pool: Pool, request: RequestTraits) {
    this.#pool = pool;
    this.#request = request;
  }

  /** Whether another attempt can help, by the verdict; notes what the next target must be like. */
  allows(failure: Failure, slot: number): boolean {
    switch (failure.verdict) {
      case 'fail':
        if (failure.kind === 'policy' && this.#pool.policyFailover) {
          return this.#goElsewhere(slot);
        }
        // Its adapter takes what broke off after content for lost, but that content was held back here.
        return breaksOff(failure);
      case 'conditional':
        return this.#narrow(failure, slot);
      default:
        return true;
    }
  }

  /**
   * How long to wait, in milliseconds, for another try at targets that have failed already; undefined when there is no
   * use in it. A server fault is worth one more try, and a target that names its time is worth waiting for.
   */
  waitMs(failure: Failure, nowMs: number): number | undefined {
    if (namesItsTime(failure)) {
      const waitMs = this.earliestMs(nowMs) - nowMs;
      return waitMs <= this.#pool.timeouts.deadlineMs ? waitMs : undefined;
    }
    if (failure.verdict !== 'retry_same' && failure.kind !== 'server') return undefined;
    if (this.#sameTargetRetries > 0) return undefined;
    const backoffMs = this.#pool.backoffMs(this.#sameTargetRetries++);
    return Math.max(failure.retryAfterMs ?? 0, backoffMs);
  }

  /** As `waitMs`, for a request that has waited already and found nothing admissible. */
  waitAgainMs(failure: Failure, nowMs: number): number | undefined {
    return namesItsTime(failure) ? this.waitMs(failure, nowMs) : undefined;
  }

  /** When the first cool-down in this request's way ends; `Infinity` if there is none. */
  earliestMs(nowMs: number): number {
    const tried = this.tried.splice(0);
    const earliestMs = this.#pool.earliestMs(this.#request, this, nowMs);
    this.tried.push(...tried);
    return earliestMs;
  }

  /** Takes an answer that broke off as one to be gone on with. */
  resume(transcript: Transcript, failure: Failure, target: Target, acrossModels: boolean): void {
    const first = this.rescue ?? { failure, target };
    this.rescue = { transcript, failure: first.failure, target: first.target };
    this.mustResume = true;
    if (!acrossModels) this.onlyModel = target.model;
  }

  #narrow(failure: Failure, slot: number): boolean {
    if (failure.needs === 'other_provider') return this.#goElsewhere(slot);
    if (failure.needs !== 'larger_context') return false;
    const window = this.#pool.fleet.hot.contextWindow[slot]!;
    // Of a target that does not state its window nothing larger can be named.
    if (window === Infinity) return false;
    this.minContextWindow = Math.max(this.minContextWindow, window + 1);
    return true;
  }

  /** Only another provider will do. */
  #goElsewhere(slot: number): boolean {
    this.excludedProvider = this.#pool.fleet.members[slot]!.target.provider?.name;
    return this.excludedProvider !== undefined;
  }
}

/** Whether the target will take requests again after a time it has named. */
function namesItsTime(failure: Failure): boolean {
  const isTold = failure.verdict === 'cooldown' && failure.retryAfterMs !== undefined;
  return isTold && isThrottle(failure);
}
