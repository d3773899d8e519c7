/** A table that says where keys belong. */
export interface Placement {
  /** The member a key of this hash belongs to, as an index. */
  place(hash: number): number;
}
