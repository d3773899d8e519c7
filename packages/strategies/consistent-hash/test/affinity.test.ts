import { describe, expect, test } from 'vitest';

import type { ConsistentHashAlgorithm, ConsistentHashOptions } from '../src/index.ts';
import { nodes, type Pool, poolOf } from './pool.ts';

const algorithms: readonly ConsistentHashAlgorithm[] = ['rendezvous', 'maglev', 'ring', 'jump'];

/** A pool, and whether each pick was told to go to its key's home. */
function watched(
  members: Parameters<typeof poolOf>[0],
  options: ConsistentHashOptions,
): Pool & { readonly told: boolean[] } {
  const pool = poolOf(members, options);
  const told: boolean[] = [];
  pool.view.noteAffinity = (isHome) => void told.push(isHome);
  return { ...pool, told };
}

describe.each(algorithms)('%s tells whether a key is at home', (algorithm) => {
  test('while its target may be used, and not while it may not', () => {
    const { idOf, view, snapshot, told } = watched(nodes(5), { algorithm });
    const home = idOf('user-1');
    const slot = snapshot.slots[snapshot.targets.findIndex(({ id }) => id === home)]!;
    view.admissible[slot] = 0;
    expect(idOf('user-1')).not.toBe(home);
    view.admissible[slot] = 1;
    expect(idOf('user-1')).toBe(home);
    expect(told).toEqual([true, false, true]);
  });

  test('not when its target has too much to do', () => {
    const { idOf, view, snapshot, told } = watched(nodes(5), { algorithm, minInFlight: 1 });
    const home = idOf('user-1');
    const slot = snapshot.slots[snapshot.targets.findIndex(({ id }) => id === home)]!;
    view.inFlight[slot] = 5;
    expect(idOf('user-1')).not.toBe(home);
    expect(told).toEqual([true, false]);
  });

  test('also while targets of other keys may not be used', () => {
    const { idOf, view, snapshot, told } = watched(nodes(5), { algorithm });
    const home = idOf('user-1');
    for (const [index, { id }] of snapshot.targets.entries()) {
      if (id !== home) view.admissible[snapshot.slots[index]!] = 0;
    }
    idOf('user-1');
    expect(told).toEqual([true, true]);
  });

  test('of no request without a key, and of none that gets no target', () => {
    const { idOf, view, told } = watched(nodes(5), { algorithm });
    idOf(undefined);
    idOf('');
    view.admissible.fill(0);
    expect(idOf('user-1')).toBe('none');
    expect(told).toEqual([]);
  });
});

test('weighted rendezvous tells it too', () => {
  const { idOf, view, snapshot, told } = watched([1, 2, 3], { algorithm: 'rendezvous' });
  const home = idOf('user-1');
  view.admissible[snapshot.slots[snapshot.targets.findIndex(({ id }) => id === home)]!] = 0;
  idOf('user-1');
  expect(told).toEqual([true, false]);
});
