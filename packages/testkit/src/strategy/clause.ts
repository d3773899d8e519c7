import type { StrategySubject } from './rig.ts';

/** One thing that every strategy must do. */
export interface StrategyClause {
  /** How an exemption names it. */
  readonly id: string;
  readonly title: string;
  /** Throws an `AssertionError` when the subject does not do it. */
  readonly check: (subject: StrategySubject) => void;
}
