/** A table that says where keys belong. */
export interface Placement {
  /** The domain a key of this hash belongs to, as an index. */
  place(hash: number): number;
}
