import { expect, test } from 'vitest';

import { snapshotOf, targetOf, testTrace, testView } from '../src/index.ts';

test('snapshotOf numbers weights from slot 0', () => {
  const snapshot = snapshotOf([3, 0.5]);
  expect([...snapshot.slots]).toEqual([0, 1]);
  expect([...snapshot.weights]).toEqual([3, 0.5]);
  expect(snapshot.targets.map(({ id }) => id)).toEqual(['target-0', 'target-1']);
  expect(snapshot.slotLimit).toBe(2);
  expect(snapshot.version).toBe(1);
});

test('snapshotOf takes parts of targets, slots, version and room', () => {
  const members = [{ id: 'a', region: 'eu' }, { weight: 2 }];
  const snapshot = snapshotOf(members, { slots: [9, 4], version: 7, slotLimit: 20 });
  expect(snapshot.targets).toEqual([
    targetOf({ id: 'a', region: 'eu' }),
    targetOf({ id: 'target-4', weight: 2 }),
  ]);
  expect([...snapshot.slots]).toEqual([9, 4]);
  expect([snapshot.version, snapshot.slotLimit]).toEqual([7, 20]);
});

test('snapshotOf refuses slots that are too few or too many', () => {
  expect(() => snapshotOf([1, 1], { slots: [0] })).toThrow('2 members but 1 slots');
});

test('a snapshot narrows to some of its members with the same slots', () => {
  const snapshot = snapshotOf([1, 2, 3], { slots: [3, 17, 900], version: 4 });
  const part = snapshot.where((target, slot) => target.weight > 1 && slot < 900);
  expect([...part.slots]).toEqual([17]);
  expect([...part.weights]).toEqual([2]);
  expect([part.version, part.slotLimit]).toEqual([4, 901]);
});

test('a view admits all at first, and what its arrays say after', () => {
  const view = testView(snapshotOf([2, 1], { slots: [3, 5] }));
  expect([view.admits(3), view.isHealthy(5), view.weights[3]]).toEqual([true, true, 2]);
  view.admissible[3] = 0;
  view.healthy[5] = 0;
  expect([view.admits(3), view.admits(5), view.isHealthy(5)]).toEqual([false, true, false]);
});

test('a view grows with the slots and keeps what was set', () => {
  const view = testView(snapshotOf([1], { slots: [0] }));
  const before = view.inFlight;
  view.inFlight[0] = 4;
  view.admissible[0] = 0;
  view.estimates.firstContentMs[0] = 90;
  view.update(snapshotOf([5, 6], { slots: [0, 8] }));
  expect(view.inFlight).not.toBe(before);
  expect([view.inFlight[0], view.inFlight[8]]).toEqual([4, 0]);
  expect([view.admits(0), view.admits(8)]).toEqual([false, true]);
  const { firstContentMs } = view.estimates;
  expect([firstContentMs[0], firstContentMs[8]]).toEqual([90, 500]);
  expect([view.weights[0], view.weights[8]]).toEqual([5, 6]);
});

test('a trace keeps scores and steps', () => {
  const trace = testTrace();
  trace.score(3, 0.5);
  trace.score(3, 0.7);
  trace.step('tier 1');
  expect([...trace.scores]).toEqual([[3, 0.7]]);
  expect(trace.steps).toEqual(['tier 1']);
});
