import type { ProviderSubject } from './rig.ts';

/** One thing that every provider adapter must do. */
export interface ProviderClause {
  /** How an exemption names it. */
  readonly id: string;
  readonly title: string;
  /** Rejects with an `AssertionError` when the subject does not do it. */
  readonly check: (subject: ProviderSubject) => Promise<void>;
}
