import type { RequestTraits, Trace, View } from '@plimsoll/core';

import type { Reason } from './decision.ts';
import type { EstimateState } from './estimates.ts';
import type { FleetState } from './fleet.ts';
import { type HotState, NEEDS_IMAGES, NEEDS_TOOLS } from './hot-state.ts';

const NONE_TRIED: readonly number[] = [];

/**
 * The view of a fleet that strategies pick through. There is one per fleet, since picks are synchronous: `open` sets it
 * to a request, and it answers for that request until the next `open`.
 */
export class PickView implements View {
  trace: Trace | undefined = undefined;
  peek = false;
  readonly estimates: EstimateState;
  readonly #fleet: FleetState;
  readonly #hot: HotState;
  #request: RequestTraits = {};
  #tried: readonly number[] = NONE_TRIED;
  #nowMs = 0;
  #needs = 0;
  #tokens = 0;
  #isConstrained = false;

  constructor(fleet: FleetState) {
    this.#fleet = fleet;
    this.#hot = fleet.hot;
    this.estimates = fleet.estimates;
  }

  get inFlight(): Int32Array {
    return this.#hot.inFlight;
  }

  get weights(): Float64Array {
    return this.#hot.weights;
  }

  /** @param minContextWindow - only targets with a larger window will do; 0 for any. */
  open(
    request: RequestTraits,
    tried: readonly number[] | undefined,
    minContextWindow: number,
    nowMs: number,
  ): void {
    this.#request = request;
    this.#tried = tried ?? NONE_TRIED;
    this.#nowMs = nowMs;
    this.#tokens = Math.max(request.inputTokens ?? 0, minContextWindow);
    this.#needs = (request.tools ? NEEDS_TOOLS : 0) | (request.images ? NEEDS_IMAGES : 0);
    this.#isConstrained =
      request.residency !== undefined || request.tags !== undefined || request.pin !== undefined;
  }

  admits(slot: number): boolean {
    const hot = this.#hot;
    return (
      hot.blocked[slot] === 0 &&
      hot.inFlight[slot]! < hot.concurrency[slot]! &&
      hot.coolUntilMs[slot]! <= this.#nowMs &&
      hot.contextWindow[slot]! >= this.#tokens &&
      (hot.lacks[slot]! & this.#needs) === 0 &&
      this.#fleet.members[slot]!.health.admits(slot, this.#nowMs) &&
      (this.#tried.length === 0 || !this.#tried.includes(slot)) &&
      (!this.#isConstrained || this.#constraint(slot) === undefined)
    );
  }

  isHealthy(slot: number): boolean {
    const member = this.#fleet.members[slot];
    return (
      member !== undefined &&
      this.#hot.coolUntilMs[slot]! <= this.#nowMs &&
      member.health.isHealthy(slot, this.#nowMs)
    );
  }

  /** Why `slot` is not admitted, or that it is: the first reason in the order of `REASONS`. */
  reason(slot: number): Reason {
    const hot = this.#hot;
    if (hot.blocked[slot] === 1) return 'draining';
    const constraint = this.#isConstrained ? this.#constraint(slot) : undefined;
    if (constraint !== undefined) return constraint;
    if (hot.contextWindow[slot]! < this.#tokens) return 'context_window';
    if ((hot.lacks[slot]! & this.#needs) !== 0) return 'capability';
    if (this.#tried.includes(slot)) return 'tried';
    if (hot.coolUntilMs[slot]! > this.#nowMs) return 'cooling';
    if (!this.#fleet.members[slot]!.health.admits(slot, this.#nowMs)) return 'unhealthy';
    if (hot.inFlight[slot]! >= hot.concurrency[slot]!) return 'concurrency';
    return 'admissible';
  }

  #constraint(slot: number): 'region' | 'tags' | 'pin' | undefined {
    const { target } = this.#fleet.members[slot]!;
    const { residency, tags, pin } = this.#request;
    if (pin !== undefined && pin !== target.id) return 'pin';
    if (residency !== undefined) {
      const { region } = target;
      if (region === undefined || !residency.some((place) => lies(region, place))) return 'region';
    }
    if (tags !== undefined && !tags.every((tag) => target.tags.includes(tag))) return 'tags';
    return undefined;
  }
}

/** Whether a region lies in a place: `eu-west-1` in `eu-west-1`, and in `eu`. */
function lies(region: string, place: string): boolean {
  return region === place || region.startsWith(`${place}-`);
}
