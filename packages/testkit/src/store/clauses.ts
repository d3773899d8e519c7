import type { SharedStoreClause, StoreClause } from './clause.ts';
import {
  keepsTheStronger,
  stopsTelling,
  survivesListeners,
  tellsLatecomers,
  tellsOthers,
} from './notice-clauses.ts';
import {
  followsDemand,
  freesTheClosed,
  freesTheSilent,
  grantsAllToOne,
  leavesSomeForAll,
  neverOverGrants,
  rejectsClaims,
  separatesLimits,
  shrinksAtOnce,
  takesInMembers,
} from './share-clauses.ts';
import {
  addsAllOrNone,
  addsTogether,
  addsUp,
  loadsPresent,
  losesNothing,
  outlives,
  takesMany,
  tellsApart,
} from './use-clauses.ts';
import { closesWell, forgetsValues, keepsValues, rejects } from './value-clauses.ts';

/** All clauses of a store, in the order in which they are run. */
export const storeClauses: readonly StoreClause[] = [
  addsUp,
  tellsApart,
  takesMany,
  losesNothing,
  addsTogether,
  outlives,
  addsAllOrNone,
  loadsPresent,
  keepsValues,
  forgetsValues,
  rejects,
  closesWell,
];

/** All clauses that a shared store must keep besides. */
export const sharedStoreClauses: readonly SharedStoreClause[] = [
  grantsAllToOne,
  neverOverGrants,
  followsDemand,
  leavesSomeForAll,
  shrinksAtOnce,
  takesInMembers,
  freesTheSilent,
  freesTheClosed,
  separatesLimits,
  rejectsClaims,
  tellsOthers,
  tellsLatecomers,
  keepsTheStronger,
  stopsTelling,
  survivesListeners,
];
