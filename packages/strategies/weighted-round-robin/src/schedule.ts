import type { View } from '@plimsoll/core';

/**
 * An order in which the members of one snapshot take turns. Members are numbered as in the snapshot.
 *
 * What a member is **owed** is the number of picks by which it is behind its share: positive when its turn is near,
 * negative just after it, and 0 in sum. It is what one schedule hands to the next when weights or members change.
 */
export interface Schedule {
  /** The slot whose turn it is among those admitted, or -1. Turns passed over are lost, not owed. */
  pick(view: View): number;
  /** What each member is owed now. */
  owed(): Float64Array;
}
