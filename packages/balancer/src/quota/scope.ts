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

  constructor(kind: 'target' | 'group', name: readonly string[]) {
    this.kind = kind;
    this.name = name;
  }

  /** The key in a store of the count of `meterKey`. */
  storeKey(meterKey: string): string {
    return periodKey('quota', this.kind, ...this.name, ...meterKey.split('/'));
  }
}
