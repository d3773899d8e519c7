/** A clause that one plugin need not keep, and why. */
export interface Exemption {
  /** The clause's id. One that names no clause fails the suite. */
  readonly clause: string;
  /** A sentence for the reader: what the algorithm does instead, and why that is right. */
  readonly reason: string;
}

/** What is wrong with the exemptions themselves, in words; empty when nothing is. */
export function badExemptions(
  exempt: readonly Exemption[],
  clauses: readonly { readonly id: string }[],
): string[] {
  const ids = clauses.map((clause) => clause.id);
  return exempt.flatMap(({ clause, reason }) => [
    ...(ids.includes(clause) ? [] : [`no clause "${clause}"; clauses are ${ids.join(', ')}`]),
    ...(reason.trim() === '' ? [`the exemption from "${clause}" gives no reason`] : []),
  ]);
}
