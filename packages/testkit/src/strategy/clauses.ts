import { allocatesNothing } from './allocation-clause.ts';
import { forgetsSlots, keepsItsPhase, keepsItsPlace } from './change-clauses.ts';
import { answersAdmitted, neverThrows, passesOver, reachesAll } from './choice-clauses.ts';
import type { StrategyClause } from './clause.ts';
import {
  explainsTheRealChoice,
  leavesAlone,
  peeksWithoutTrace,
  repeatsItself,
  sharesNothing,
} from './replay-clauses.ts';
import { givesShares, givesSharesOfRest, honoursWeights } from './share-clauses.ts';

/** All clauses, in the order in which they are run. */
export const strategyClauses: readonly StrategyClause[] = [
  answersAdmitted,
  neverThrows,
  repeatsItself,
  peeksWithoutTrace,
  explainsTheRealChoice,
  sharesNothing,
  leavesAlone,
  passesOver,
  reachesAll,
  keepsItsPlace,
  keepsItsPhase,
  honoursWeights,
  givesShares,
  givesSharesOfRest,
  forgetsSlots,
  allocatesNothing,
];
