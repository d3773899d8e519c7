import type { SharedStoreSubject, StoreSubject } from './rig.ts';

/** One thing that every store must do. */
export interface StoreClause {
  /** How an exemption names it. */
  readonly id: string;
  readonly title: string;
  /** Rejects with an `AssertionError` when the subject does not do it. */
  readonly check: (subject: StoreSubject) => Promise<void>;
}

/** One thing that every shared store must do. */
export interface SharedStoreClause {
  /** How an exemption names it. */
  readonly id: string;
  readonly title: string;
  /** Rejects with an `AssertionError` when the subject does not do it. */
  readonly check: (subject: SharedStoreSubject) => Promise<void>;
}
