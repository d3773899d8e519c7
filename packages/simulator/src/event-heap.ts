/** What an `EventHeap` holds. The fields are the heap's: an item is in one heap at a time. */
export abstract class HeapItem {
  /** When it falls due, in the heap's own measure. */
  due = 0;
  /** Of items due together the one that was placed first comes first. */
  order = 0;
  /** Its index in the heap; -1 while it is in none. */
  heapIndex = -1;
}

/**
 * A binary heap whose items know their place, so that one can be moved or taken out in O(log n) without a search.
 *
 * Source: J. W. J. Williams, Algorithm 232: Heapsort, Communications of the ACM 7(6), 1964.
 */
export class EventHeap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  #placed = 0;

  get size(): number {
    return this.#items.length;
  }

  /** The item that falls due next. */
  get top(): Item | undefined {
    return this.#items[0];
  }

  /** The items, in no particular order; not to be changed, and read before the heap is. */
  get items(): readonly Item[] {
    return this.#items;
  }

  /** Puts an item in, or moves it, to fall due at `due`. */
  place(item: Item, due: number): void {
    item.due = due;
    item.order = this.#placed++;
    if (item.heapIndex === -1) {
      item.heapIndex = this.#items.length;
      this.#items.push(item);
    }
    this.#settle(item);
  }

  /** Takes an item out; nothing happens when it is not in. */
  remove(item: Item): void {
    const index = item.heapIndex;
    if (index === -1) return;
    item.heapIndex = -1;
    const last = this.#items.pop()!;
    if (last === item) return;
    last.heapIndex = index;
    this.#items[index] = last;
    this.#settle(last);
  }

  #settle(item: Item): void {
    const items = this.#items;
    let index = item.heapIndex;
    while (index > 0) {
      const above = items[(index - 1) >> 1]!;
      if (isBefore(above, item)) break;
      items[index] = above;
      const up = above.heapIndex;
      above.heapIndex = index;
      index = up;
    }
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child++;
      const below = items[child]!;
      if (isBefore(item, below)) break;
      items[index] = below;
      below.heapIndex = index;
      index = child;
    }
    items[index] = item;
    item.heapIndex = index;
  }
}

function isBefore(a: HeapItem, b: HeapItem): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
