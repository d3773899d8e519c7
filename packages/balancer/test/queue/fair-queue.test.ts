import fc from 'fast-check';
import { expect, it } from 'vitest';

import { FairQueue } from '../../src/queue/fair-queue.ts';

/** Takes up to `count` items. */
function take<Item>(queue: FairQueue<Item>, count: number): Item[] {
  const taken: Item[] = [];
  queue.serve((item) => {
    if (taken.length === count) return 'stop';
    taken.push(item);
    return 'taken';
  });
  return taken;
}

it('keeps the order of one tenant', () => {
  const queue = new FairQueue<number>();
  for (let item = 0; item < 5; item++) queue.push(item, 'a', 0);
  expect(take(queue, 3)).toEqual([0, 1, 2]);
  expect(take(queue, 9)).toEqual([3, 4]);
  expect(queue.size).toBe(0);
});

it('gives tenants equal turns, however much one of them asks for', () => {
  const queue = new FairQueue<string>();
  for (let item = 0; item < 100; item++) queue.push('greedy', 'greedy', 0);
  for (let item = 0; item < 5; item++) queue.push('modest', 'modest', 0);
  const taken = take(queue, 10);
  expect(taken.filter((tenant) => tenant === 'modest')).toHaveLength(5);
});

it('gives a higher priority a hundred turns for each of the one below, and none starves', () => {
  const queue = new FairQueue<number>();
  for (let item = 0; item < 500; item++) {
    queue.push(0, 'bulk', 0);
    queue.push(1, 'premium', 1);
  }
  const taken = take(queue, 404);
  expect(taken.filter((priority) => priority === 0)).toHaveLength(4);
});

it('gives no credit for the time in which a tenant asked for nothing', () => {
  const queue = new FairQueue<string>();
  for (let item = 0; item < 100; item++) queue.push('busy', 'busy', 0);
  take(queue, 50);
  for (let item = 0; item < 20; item++) queue.push('late', 'late', 0);
  const taken = take(queue, 20);
  expect(taken.filter((tenant) => tenant === 'late').length).toBeLessThanOrEqual(11);
});

it('goes on to other tenants when one cannot be served now', () => {
  const queue = new FairQueue<string>();
  queue.push('pinned', 'a', 0);
  queue.push('behind it', 'a', 0);
  queue.push('free', 'b', 0);
  const taken: string[] = [];
  queue.serve((item) => {
    if (item === 'pinned') return 'not now';
    taken.push(item);
    return 'taken';
  });
  expect(taken).toEqual(['free']);
  expect(queue.size).toBe(2);
});

it('loses nothing and keeps each tenant in order, whatever is pushed, taken and removed', () => {
  const action = fc.oneof(
    fc.record({ tenant: fc.constantFrom('a', 'b', 'c'), priority: fc.nat(2) }),
    fc.record({ take: fc.nat(3) }),
    fc.record({ remove: fc.nat(50) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 100 }), (actions) => {
      const queue = new FairQueue<{ id: number; flow: string }>();
      const waiting = new Set<number>();
      const lastOf = new Map<string, number>();
      const items: { id: number; flow: string }[] = [];
      for (const now of actions) {
        if ('tenant' in now) {
          const item = { id: items.length, flow: `${now.tenant} ${now.priority}` };
          items.push(item);
          waiting.add(item.id);
          queue.push(item, now.tenant, now.priority);
        } else if ('take' in now) {
          for (const { id, flow } of take(queue, now.take)) {
            expect(waiting.delete(id)).toBe(true);
            expect(id).toBeGreaterThan(lastOf.get(flow) ?? -1);
            lastOf.set(flow, id);
          }
        } else {
          const item = items[now.remove];
          if (item !== undefined) expect(queue.remove(item)).toBe(waiting.delete(item.id));
        }
        expect(queue.size).toBe(waiting.size);
      }
    }),
  );
});
