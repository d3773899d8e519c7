/** How many times as long as the fastest a target may take, each > 1. */
export interface Band {
  /** Up to here it counts as equally fast. */
  readonly indifferent: number;
  /** From here on it counts as what it is. */
  readonly decisive: number;
}

/**
 * What a target that takes `ratio` times as long as the fastest counts as. Between the ends of the band it is a straight
 * line, so that no small change of an estimate makes a jump.
 */
export function slowness(ratio: number, { indifferent, decisive }: Band): number {
  if (ratio <= indifferent) return 1;
  if (ratio >= decisive) return ratio;
  return 1 + ((ratio - indifferent) * (decisive - 1)) / (decisive - indifferent);
}
