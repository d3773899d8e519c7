/** What one tenant has in the queue at one priority. */
interface Flow<Item> {
  readonly weight: number;
  readonly items: Item[];
  /** When its first item is through, on the queue's virtual clock. */
  tag: number;
}

/** Each priority counts this many times the one below. */
const PRIORITY_FACTOR = 100;

/**
 * Hands out what waits so that tenants of equal priority get equal turns, and a higher priority a hundred times those of
 * the one below: nobody starves, however much another tenant asks for.
 *
 * Source: S. J. Golestani, A Self-Clocked Fair Queueing Scheme for Broadband Applications, INFOCOM 1994: an item's tag is
 * max(virtual time, tag of its predecessor) + 1 / weight, the smallest tag goes first, and the virtual time is the tag of
 * the item handed out last.
 *
 * Differs in that only the first item of a row has a tag: what leaves without having been served costs no turn.
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

  /** All that wait, in no order. */
  *items(): Iterable<Item> {
    for (const { items } of this.#flows.values()) yield* items;
  }

  /** @param priority - an integer >= 0. */
  push(item: Item, tenant: string, priority: number): void {
    const key = keyOf(tenant, priority);
    const flow = this.#flows.get(key);
    if (flow === undefined) {
      const weight = PRIORITY_FACTOR ** priority;
      this.#flows.set(key, { weight, items: [item], tag: this.#virtual + 1 / weight });
    } else {
      flow.items.push(item);
    }
    this.#size++;
  }

  /** Whether something of a higher priority waits. */
  hasAbove(priority: number): boolean {
    for (const { weight } of this.#flows.values()) {
      if (weight > PRIORITY_FACTOR ** priority) return true;
    }
    return false;
  }

  /** Takes `item` out, wherever it stands; false if it is not here. */
  remove(item: Item): boolean {
    for (const [key, flow] of this.#flows) {
      const index = flow.items.indexOf(item);
      if (index === -1) continue;
      this.#take(key, flow, index);
      return true;
    }
    return false;
  }

  /**
   * Makes room in a full queue for one of `tenant`: takes out the youngest item of the longest row, so that a tenant that
   * fills the queue cannot keep others from standing in it. Nothing if the row of `tenant` would be as long.
   *
   * Source: longest queue drop, B. Suter et al., Design Considerations for Supporting TCP with Per-flow Queueing,
   * INFOCOM 1998.
   */
  dropFromLongest(tenant: string, priority: number): Item | undefined {
    let longest: [string, Flow<Item>] | undefined;
    for (const candidate of this.#flows) {
      if (candidate[1].items.length > (longest?.[1].items.length ?? 0)) longest = candidate;
    }
    const own = this.#flows.get(keyOf(tenant, priority))?.items.length ?? 0;
    if (longest === undefined || longest[1].items.length <= own + 1) return undefined;
    const [key, flow] = longest;
    return this.#take(key, flow, flow.items.length - 1);
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
      const item = flow.items[0]!;
      const answer = take(item);
      if (answer === 'stop') return;
      if (answer === 'not now') {
        refused.add(flow);
        continue;
      }
      this.#virtual = Math.max(this.#virtual, flow.tag);
      flow.tag = this.#virtual + 1 / flow.weight;
      // What `take` set going may have taken it out already.
      if (flow.items[0] === item) this.#take(key, flow, 0);
    }
  }

  #take(key: string, flow: Flow<Item>, index: number): Item {
    const [item] = flow.items.splice(index, 1);
    this.#size--;
    if (flow.items.length === 0) this.#flows.delete(key);
    return item!;
  }

  #first(refused: ReadonlySet<Flow<Item>>): [string, Flow<Item>] | undefined {
    let best: [string, Flow<Item>] | undefined;
    for (const candidate of this.#flows) {
      const [, flow] = candidate;
      if (!refused.has(flow) && (best === undefined || flow.tag < best[1].tag)) best = candidate;
    }
    return best;
  }
}

function keyOf(tenant: string, priority: number): string {
  return `${priority} ${tenant}`;
}
