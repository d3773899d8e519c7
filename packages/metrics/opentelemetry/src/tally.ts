/** Counts by label values, for what happens rarely: every count looks up the text of its labels. */
export class Tally<Name extends string> {
  readonly #counts = new Map<string, { readonly labels: Record<Name, string>; count: number }>();

  add(labels: Record<Name, string>): void {
    const key = JSON.stringify(Object.values(labels));
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { labels, count: 1 });
    else known.count++;
  }

  *[Symbol.iterator](): Generator<readonly [labels: Record<Name, string>, count: number]> {
    for (const { labels, count } of this.#counts.values()) yield [labels, count];
  }
}
