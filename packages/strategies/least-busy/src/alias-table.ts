/**
 * Draws a member with probability by weight, in constant time: every column of the table holds one member's share and
 * the rest of the column another's.
 *
 * Source: Michael Vose, A Linear Algorithm for Generating Random Numbers with a Given Distribution, IEEE TSE 17(9), 1991.
 */
export class AliasTable {
  #shares = new Float64Array(0);
  #aliases = new Int32Array(0);

  build(weights: Float64Array): void {
    const count = weights.length;
    const shares = new Float64Array(count);
    const aliases = new Int32Array(count);
    let total = 0;
    for (const weight of weights) total += weight;
    const small: number[] = [];
    const large: number[] = [];
    for (let index = 0; index < count; index++) {
      shares[index] = (weights[index]! * count) / total;
      (shares[index]! < 1 ? small : large).push(index);
    }
    while (small.length > 0 && large.length > 0) {
      const less = small.pop()!;
      const more = large.at(-1)!;
      aliases[less] = more;
      shares[more]! -= 1 - shares[less]!;
      if (shares[more]! < 1) small.push(large.pop()!);
    }
    // What is left is 1 but for rounding.
    for (const index of small.concat(large)) shares[index] = 1;
    this.#shares = shares;
    this.#aliases = aliases;
  }

  /** The member for a uniform number from 0 to 1: its whole part picks the column, its fraction the part of it. */
  draw(uniform: number): number {
    const position = uniform * this.#shares.length;
    const column = Math.floor(position);
    return position - column < this.#shares[column]! ? column : this.#aliases[column]!;
  }
}
