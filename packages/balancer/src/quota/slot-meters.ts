import type { QuotaLimits, Target } from '@plimsoll/core';

import {
  type MeterSpec,
  meterSpecs,
  MINUTE_MS,
  openSpec,
  PRODUCED,
  REQUESTS,
  TOKENS,
} from './meter-spec.ts';
import { type Meters, NO_LIMIT } from './meters.ts';
import type { PeriodLedger } from './period-ledger.ts';
import { QuotaScope } from './scope.ts';

/** A meter that counts a slot's requests, and whose it is. */
export interface Listed {
  readonly scope: 'target' | 'group';
  readonly meter: number;
}

const NO_METERS = new Int32Array(0);

/**
 * Which meters count the requests to a slot: those of the target's own limits, and those that it shares with the targets
 * of its quota group that use the same model. Where requests or tokens by the minute are not limited they are counted
 * nevertheless, so that a limit can be learned.
 */
export class SlotMeters {
  /** By slot: the meters that count its requests, those that can refuse one first. */
  readonly counted: Int32Array[] = [];
  /** By slot: how many of them can refuse. */
  readonly gates: number[] = [];
  /** By slot: the same meters, each with whose it is. */
  readonly listed: (readonly Listed[])[] = [];
  /** By slot: whether one of them has a learned limit. */
  readonly isLearned: boolean[] = [];
  /** By slot: whether one of them counts the tokens of answers as they come. */
  readonly isProduced: boolean[] = [];
  /** By slot: the scope of the target's own limits, and the one it shares. */
  readonly own: (QuotaScope | undefined)[] = [];
  readonly families: (QuotaScope | undefined)[] = [];
  readonly #targets: (Target | undefined)[] = [];
  readonly #familyByName = new Map<string, QuotaScope>();
  readonly #groupLimits = new Map<string, QuotaLimits>();
  readonly #meters: Meters;
  readonly #ledger: PeriodLedger;
  readonly #onRemove: (meter: number) => void;

  /** @param onRemove - told of each meter that is gone. */
  constructor(meters: Meters, ledger: PeriodLedger, onRemove: (meter: number) => void) {
    this.#meters = meters;
    this.#ledger = ledger;
    this.#onRemove = onRemove;
  }

  /**
   * Gives `slot` to `target`. Returns whether it had another one before.
   *
   * @throws PlimsollError ERR_PLIMSOLL_OPTION on a limit that is not accepted.
   */
  assign(slot: number, target: Target, nowMs: number): boolean {
    const specs = meterSpecs(`targets.${target.id}.limits`, target.limits ?? {});
    const before = this.#targets[slot];
    const isSame = before?.id === target.id;
    if (before !== undefined && !isSame) this.free(slot);
    const own = (isSame && this.own[slot]) || new QuotaScope('target', [target.id]);
    own.slots.add(slot);
    this.#fit(own, specs, nowMs);
    const family = this.#family(target, nowMs);
    if (this.families[slot] !== family) {
      this.#leave(slot, this.families[slot]);
      family.slots.add(slot);
    }
    this.#targets[slot] = target;
    this.own[slot] = own;
    this.families[slot] = family;
    this.#list(slot, nowMs);
    return !isSame;
  }

  free(slot: number): void {
    this.#leave(slot, this.own[slot]);
    this.#leave(slot, this.families[slot]);
    this.#targets[slot] = undefined;
    this.own[slot] = undefined;
    this.families[slot] = undefined;
    this.counted[slot] = NO_METERS;
    this.listed[slot] = [];
    this.gates[slot] = 0;
    this.isLearned[slot] = false;
    this.isProduced[slot] = false;
  }

  /** @throws PlimsollError ERR_PLIMSOLL_OPTION on a limit that is not accepted. */
  setGroupLimits(group: string, limits: QuotaLimits | undefined, nowMs: number): void {
    const specs = meterSpecs(`quotaGroups.${group}`, limits ?? {});
    if (limits === undefined) this.#groupLimits.delete(group);
    else this.#groupLimits.set(group, limits);
    for (const family of this.#familyByName.values()) {
      if (family.name[0] !== group) continue;
      this.#fit(family, specs, nowMs);
      for (const slot of family.slots) this.#list(slot, nowMs);
    }
  }

  /** A meter for a limit that the provider of `slot` stated; `relist` puts it to use. */
  addStated(slot: number, dimension: number, windowMs: number, nowMs: number): number {
    return this.#add(this.families[slot]!, openSpec(dimension, windowMs), nowMs);
  }

  /** Writes down anew which meters can refuse, for all targets that share those of `slot`. */
  relist(slot: number, nowMs: number): void {
    for (const other of this.families[slot]!.slots) this.#list(other, nowMs);
  }

  /** All scopes, each once. */
  scopes(): Set<QuotaScope> {
    const scopes = new Set<QuotaScope>(this.#familyByName.values());
    for (const own of this.own) if (own !== undefined) scopes.add(own);
    return scopes;
  }

  #family(target: Target, nowMs: number): QuotaScope {
    const name = [target.quotaGroup, target.model ?? ''];
    const key = JSON.stringify(name);
    const known = this.#familyByName.get(key);
    if (known !== undefined) return known;
    const family = new QuotaScope('group', name);
    this.#familyByName.set(key, family);
    const limits = this.#groupLimits.get(target.quotaGroup) ?? {};
    this.#fit(family, meterSpecs(`quotaGroups.${target.quotaGroup}`, limits), nowMs);
    return family;
  }

  /** Gives `scope` the meters of `specs`; those it has already keep their counts. */
  #fit(scope: QuotaScope, specs: readonly MeterSpec[], nowMs: number): void {
    const wanted = new Map(specs.map((spec) => [spec.key, spec]));
    if (scope.kind === 'group') {
      for (const dimension of [REQUESTS, TOKENS]) {
        const spec = openSpec(dimension, MINUTE_MS);
        if (!specs.some((other) => limitsRate(other, dimension))) wanted.set(spec.key, spec);
      }
    }
    for (const [key, meter] of scope.meters) {
      const spec = wanted.get(key);
      const isKept = spec !== undefined && hasSameShape(spec, this.#meters.spec(meter));
      if (isKept) this.#meters.respec(meter, spec);
      else this.#remove(scope, key, meter);
    }
    for (const spec of wanted.values()) {
      if (!scope.meters.has(spec.key)) this.#add(scope, spec, nowMs);
    }
  }

  #add(scope: QuotaScope, spec: MeterSpec, nowMs: number): number {
    const meter = this.#meters.add(spec, nowMs);
    scope.meters.set(spec.key, meter);
    this.#meters.setShare(meter, scope.share, nowMs);
    if (spec.calendar !== undefined) this.#ledger.open(scope.storeKey(spec.key), meter);
    return meter;
  }

  #remove(scope: QuotaScope, key: string, meter: number): void {
    this.#ledger.close(scope.storeKey(key), meter);
    scope.meters.delete(key);
    this.#onRemove(meter);
    this.#meters.remove(meter);
  }

  #leave(slot: number, scope: QuotaScope | undefined): void {
    if (scope === undefined) return;
    scope.slots.delete(slot);
    if (scope.slots.size > 0) return;
    for (const [key, meter] of scope.meters) this.#remove(scope, key, meter);
    if (scope.kind === 'group') this.#familyByName.delete(JSON.stringify(scope.name));
  }

  #list(slot: number, nowMs: number): void {
    const meters = this.#meters;
    const own = [...this.own[slot]!.meters.values()];
    const ownSpecs = own.map((meter) => meters.spec(meter));
    const family = [...this.families[slot]!.meters.values()].filter((meter) => {
      // What the target limits itself need not be learned.
      const { limit, dimension } = meters.spec(meter);
      return limit < Infinity || !ownSpecs.some((spec) => limitsRate(spec, dimension));
    });
    const all: Listed[] = [
      ...own.map((meter): Listed => ({ scope: 'target', meter })),
      ...family.map((meter): Listed => ({ scope: 'group', meter })),
    ];
    const gates = all.filter(({ meter }) => isGate(meters, meter, nowMs));
    const listed = [...gates, ...all.filter((one) => !gates.includes(one))];
    this.listed[slot] = listed;
    this.counted[slot] = Int32Array.from(listed, ({ meter }) => meter);
    this.gates[slot] = gates.length;
    this.isProduced[slot] = listed.some(({ meter }) => meters.accounting[meter] === PRODUCED);
    this.isLearned[slot] = listed.some(({ meter }) => meters.learned[meter]! < Infinity);
  }
}

/** Whether a meter can refuse a request. */
export function isGate(meters: Meters, meter: number, nowMs: number): boolean {
  return meters.limit[meter] !== NO_LIMIT || meters.foreignUntilMs[meter]! > nowMs;
}

/** Whether `spec` limits the rate of requests, or that of tokens of any kind. */
function limitsRate(spec: MeterSpec, dimension: number): boolean {
  if (spec.limit === Infinity || spec.windowMs > MINUTE_MS) return false;
  return dimension === REQUESTS ? spec.dimension === REQUESTS : spec.dimension !== REQUESTS;
}

/** Whether a meter made for one spec can go on under the other. */
function hasSameShape(one: MeterSpec, other: MeterSpec): boolean {
  return (
    one.guardMs === other.guardMs &&
    one.calendar === other.calendar &&
    (one.limit === Infinity) === (other.limit === Infinity)
  );
}
