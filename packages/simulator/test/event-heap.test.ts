import fc from 'fast-check';
import { expect, test } from 'vitest';

import { EventHeap, HeapItem } from '../src/event-heap.ts';

class Item extends HeapItem {
  readonly name: number;

  constructor(name: number) {
    super();
    this.name = name;
  }
}

test('items come out by when they are due, and of those due together in the order they were placed', () => {
  const step = fc.record({
    kind: fc.constantFrom('place', 'place', 'remove', 'pop'),
    item: fc.nat(15),
    due: fc.nat(8),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const items = Array.from({ length: 16 }, (_, name) => new Item(name));
      const heap = new EventHeap<Item>();
      // The model: a list in the order of placing, sorted by due date when asked.
      let model: { name: number; due: number }[] = [];
      for (const { kind, item, due } of steps) {
        const first = model.toSorted((a, b) => a.due - b.due)[0];
        expect(heap.top?.name).toBe(first?.name);
        const gone = kind === 'pop' ? first?.name : item;
        model = model.filter(({ name }) => name !== gone);
        if (kind === 'place') {
          heap.place(items[item]!, due);
          model.push({ name: item, due });
        } else if (gone !== undefined) {
          heap.remove(items[gone]!);
        }
        expect(heap.size).toBe(model.length);
      }
    }),
    { numRuns: 200 },
  );
});
