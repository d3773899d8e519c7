import { describe, expect, test } from 'vitest';

import { manualClock } from '../src/index.ts';

describe('manualClock', () => {
  test('stands still until it is moved', () => {
    const clock = manualClock({ nowMs: 5, epochMs: 1000 });
    expect([clock.now(), clock.epochMs()]).toEqual([5, 1000]);
    clock.advance(2.5);
    expect([clock.now(), clock.epochMs()]).toEqual([7.5, 1002.5]);
  });

  test('fires timers in due order, each at its exact time', () => {
    const clock = manualClock();
    const fired: [string, number][] = [];
    clock.every(30, () => fired.push(['slow', clock.now()]));
    clock.every(20, () => fired.push(['fast', clock.now()]));
    clock.advance(65);
    expect(fired).toEqual([
      ['fast', 20],
      ['slow', 30],
      ['fast', 40],
      ['slow', 60],
      ['fast', 60],
    ]);
    expect(clock.now()).toBe(65);
  });

  test('fires once for each interval, also when moved in small steps', () => {
    const clock = manualClock();
    let fired = 0;
    clock.every(10, () => fired++);
    for (let step = 0; step < 30; step++) clock.advance(1);
    expect(fired).toBe(3);
  });

  test('fires no timer that was cancelled, also from inside another', () => {
    const clock = manualClock();
    const fired: string[] = [];
    const second = clock.every(10, () => fired.push('second'));
    const first = clock.every(5, () => {
      fired.push('first');
      second.cancel();
      second.cancel();
      first.cancel();
    });
    expect(clock.timers).toBe(2);
    clock.advance(100);
    expect(fired).toEqual(['first']);
    expect(clock.timers).toBe(0);
  });

  test('fires a timer that another one sets, when that falls due on the way', () => {
    const clock = manualClock();
    const fired: number[] = [];
    const outer = clock.every(10, () => {
      outer.cancel();
      clock.every(4, () => fired.push(clock.now()));
    });
    clock.advance(20);
    expect(fired).toEqual([14, 18]);
  });

  test.each([-1, NaN, Infinity])('is not moved by %d', (ms) => {
    expect(() => manualClock().advance(ms)).toThrow(RangeError);
  });

  test.each([0, -1, NaN])('sets no timer of %d ms', (ms) => {
    expect(() => manualClock().every(ms, () => {})).toThrow(RangeError);
  });
});
