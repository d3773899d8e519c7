import { periodKey } from './period-use.ts';

/** Who shares a limit: one target, or the targets of a quota group that use the same model. */
export class QuotaScope {
  readonly kind: 'target' | 'group';
  /** Distinguishes the scope's counts in a store. */
  readonly name: readonly string[];
  /** Meters by the key of their spec. */
  readonly meters: Map<string, number> = new Map();
  /** The slots of the targets that share it. */
  readonly slots: Set<number> = new Set();

  /** Requests that were sent, or would have been, since the demand was taken last. */
  demand = 0;
  /** Part of the limits that is this process's, 0 to 1. */
  share = 1;

  constructor(kind: 'target' | 'group', name: readonly string[]) {
    this.kind = kind;
    this.name = name;
  }

  /** Distinguishes the scope where processes share it. */
  get key(): string {
    return periodKey(this.kind, ...this.name);
  }

  /** The demand since the last call. */
  takeDemand(): number {
    const { demand } = this;
    this.demand = 0;
    return demand;
  }

  /** The key in a store of the count of `meterKey`. */
  storeKey(meterKey: string): string {
    return periodKey('quota', this.kind, ...this.name, ...meterKey.split('/'));
  }
}
