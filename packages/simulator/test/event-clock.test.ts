import { expect, test } from 'vitest';

import { EventClock } from '../src/event-clock.ts';

test('time jumps from event to event, and the epoch with it', () => {
  const clock = new EventClock(1000);
  const seen: number[] = [];
  clock.at(5000, () => seen.push(clock.now(), clock.epochMs()));
  clock.at(2.5, () => seen.push(clock.now()));
  while (clock.step());
  expect(seen).toEqual([2.5, 5000, 6000]);
  expect(clock.steps).toBe(2);
});

test('a timer fires until it is cancelled, in order with events', () => {
  const clock = new EventClock(0);
  const seen: string[] = [];
  const timer = clock.every(10, () => {
    seen.push(`tick ${clock.now()}`);
    if (clock.now() === 30) timer.cancel();
  });
  clock.at(20, () => seen.push(`event ${clock.now()}`));
  while (clock.step());
  expect(seen).toEqual(['tick 10', 'event 20', 'tick 20', 'tick 30']);
});

test('an event can be moved and cancelled, and what is overdue happens now', () => {
  const clock = new EventClock(0);
  const seen: number[] = [];
  const moved = clock.at(10, () => seen.push(clock.now()));
  const cancelled = clock.at(10, () => seen.push(-1));
  clock.schedule(moved, 40);
  clock.cancel(cancelled);
  clock.at(20, () => clock.at(5, () => seen.push(clock.now())));
  while (clock.step());
  expect(seen).toEqual([20, 40]);
});

test('an interval must be positive', () => {
  expect(() => new EventClock(0).every(0, () => {})).toThrow(RangeError);
});
