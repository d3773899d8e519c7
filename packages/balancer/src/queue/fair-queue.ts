/** An item in a `FairQueue`. */
interface Entry<Item> {
  readonly item: Item;
  /** When it is through, on the queue's virtual clock. */
  readonly tag: number;
}

/** What one tenant has in the queue at one priority. */
interface Flow<Item> {
  readonly weight: number;
  readonly entries: Entry<Item>[];
  /** The tag of its youngest entry, also after that left. */
  lastTag: number;
}

/** Each priority counts this many times the one below. */
const PRIORITY_FACTOR = 10;

/**
 * Hands out what waits so that tenants of equal priority get equal turns, and a higher priority ten times those of the
 * one below: nobody starves, however much another tenant asks for.
 *
 * Source: S. J. Golestani, A Self-Clocked Fair Queueing Scheme for Broadband Applications, INFOCOM 1994: an entry's tag
 * is max(virtual time, tag of the flow's last one) + 1 / weight, the smallest tag goes first, and the virtual time is
 * the tag of the entry handed out last.
 *
 * Cost: O(tenants that wait) per turn.
 */
export class FairQueue<Item> {
  readonly #flows = new Map<string, Flow<Item>>();
  #virtual = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param priority - an integer >= 0. */
  push(item: Item, tenant: string, priority: number): void {
    const key = `${priority} ${tenant}`;
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      flow = { weight: PRIORITY_FACTOR ** priority, entries: [], lastTag: 0 };
      this.#flows.set(key, flow);
    }
    flow.lastTag = Math.max(this.#virtual, flow.lastTag) + 1 / flow.weight;
    flow.entries.push({ item, tag: flow.lastTag });
    this.#size++;
  }

  /** Takes `item` out, wherever it stands; false if it is not here. */
  remove(item: Item): boolean {
    for (const [key, { entries }] of this.#flows) {
      const index = entries.findIndex((entry) => entry.item === item);
      if (index === -1) continue;
      entries.splice(index, 1);
      this.#size--;
      if (entries.length === 0) this.#flows.delete(key);
      return true;
    }
    return false;
  }

  /**
   * Offers the first item of each tenant, in the order of their turns, and takes those that `take` accepts; then the
   * tenant's next one has its turn too. Ends when all were refused or `take` says that it is no use to go on.
   */
  serve(take: (item: Item) => 'taken' | 'not now' | 'stop'): void {
    const refused = new Set<Flow<Item>>();
    for (;;) {
      const first = this.#first(refused);
      if (first === undefined) return;
      const [key, flow] = first;
      const entry = flow.entries[0]!;
      const answer = take(entry.item);
      if (answer === 'stop') return;
      if (answer === 'not now') {
        refused.add(flow);
        continue;
      }
      this.#virtual = Math.max(this.#virtual, entry.tag);
      // What `take` set going may have taken it out already.
      if (flow.entries[0] === entry) {
        flow.entries.shift();
        this.#size--;
      }
      if (flow.entries.length === 0) this.#flows.delete(key);
    }
  }

  #first(refused: ReadonlySet<Flow<Item>>): [string, Flow<Item>] | undefined {
    let best: [string, Flow<Item>] | undefined;
    for (const candidate of this.#flows) {
      const [, flow] = candidate;
      if (refused.has(flow)) continue;
      if (best === undefined || flow.entries[0]!.tag < best[1].entries[0]!.tag) best = candidate;
    }
    return best;
  }
}
