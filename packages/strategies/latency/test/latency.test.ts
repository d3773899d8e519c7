import { testTrace } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { latency, type LatencyOptions } from '../src/index.ts';
import { slowness } from '../src/slowness.ts';
import { counts, poolOf } from './pool.ts';

test('sends an idle pool’s requests to the fastest, by a tenth already', () => {
  expect(counts([{ perTokenMs: 22 }, { perTokenMs: 20 }, { perTokenMs: 30 }], 100)).toEqual([
    0, 100, 0,
  ]);
});

test('takes targets within 2 % of each other in turn, so that no herd forms', () => {
  const [one, other] = counts([{}, {}], 1000);
  // Two equal chances: 500 each, with a standard deviation of 16.
  expect(Math.abs(one! - other!)).toBeLessThan(6 * 16);
});

test('moves within two requests when the fastest target degrades from 1 s to 4 s beside one of 1.5 s', () => {
  const known = [{ firstContentMs: 1000 }, { firstContentMs: 1500 }];
  const { strategy, view } = poolOf(known, { mode: 'first-token' });
  let requests = 0;
  while (strategy.pick(view, {}, 0) === 0) {
    requests++;
    // The least that one sample counts in the engine's average is a tenth.
    const average = view.estimates.firstContentMs;
    average[0]! += (4000 - average[0]!) * 0.1;
    if (requests > 10) break;
  }
  expect(requests).toBe(2);
});

test('is not told how long an answer took, so a long answer is no slowness', () => {
  expect(poolOf([{}, {}]).strategy.observe).toBeUndefined();
});

describe('modes', () => {
  // Time for 256 tokens: 0.2 + 7.68 = 7.88 s against 1.5 + 2.56 = 4.06 s.
  const promptTarget = { firstContentMs: 200, perTokenMs: 30 };
  const fluentTarget = { firstContentMs: 1500, perTokenMs: 10 };
  const pool = [promptTarget, fluentTarget];

  test.each([
    ['balanced', 1],
    ['first-token', 0],
    ['per-token', 1],
  ] as const)('%s prefers the target with that time', (mode, expected) => {
    const { strategy, view } = poolOf(pool, { mode });
    expect(strategy.pick(view, {}, 0)).toBe(expected);
  });

  test('balanced counts with fewer tokens where the request allows no more', () => {
    const { strategy, view } = poolOf(pool);
    // 0.2 + 0.6 s against 1.5 + 0.2 s.
    expect(strategy.pick(view, { maxOutputTokens: 20 }, 0)).toBe(0);
    expect(strategy.pick(view, { maxOutputTokens: 100_000 }, 0)).toBe(1);
  });

  test('balanced counts with the stated length', () => {
    const { strategy, view } = poolOf(pool, { expectedOutputTokens: 20 });
    expect(strategy.pick(view, {}, 0)).toBe(0);
  });
});

describe('requests in flight', () => {
  test('outweigh a difference of speed within the band', () => {
    const { strategy, view } = poolOf([{ inFlight: 3 }, { perTokenMs: 28, inFlight: 2 }]);
    expect(strategy.pick(view, {}, 0)).toBe(1);
  });

  test('are weighed against speed beyond it: four times as slow, a fourth of the requests', () => {
    const four = { firstContentMs: 2000, perTokenMs: 80 };
    const { strategy, view } = poolOf([{}, four]);
    for (let pick = 0; pick < 50; pick++) view.inFlight[strategy.pick(view, {}, 0)]!++;
    expect([...view.inFlight]).toEqual([40, 10]);
  });

  test('go by weight', () => {
    const { strategy, view } = poolOf([{ weight: 3 }, { weight: 1 }]);
    for (let pick = 0; pick < 80; pick++) view.inFlight[strategy.pick(view, {}, 0)]!++;
    expect([...view.inFlight]).toEqual([60, 20]);
  });
});

test('with speeds within the band is least busy, whatever the noise', () => {
  const target = fc.record({
    weight: fc.integer({ min: 1, max: 5 }),
    inFlight: fc.integer({ min: 0, max: 40 }),
    noise: fc.double({ min: 1, max: 1.5, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(target, { minLength: 1, maxLength: 10 }), (targets) => {
      const { strategy, view } = poolOf(
        targets.map(({ weight, inFlight, noise }) => ({
          weight,
          inFlight,
          firstContentMs: 500 * noise,
          perTokenMs: 20 * noise,
        })),
      );
      const loads = targets.map(({ weight, inFlight }) => (inFlight + 1) / weight);
      expect(loads[strategy.pick(view, {}, 0)]).toBe(Math.min(...loads));
    }),
  );
});

test('slowness has no effect up to the band, its full one beyond, and no jump between', () => {
  expect(
    [0.5, 1, 1.5, 2.25, 3, 4].map((ratio) => slowness(ratio, { indifferent: 1.5, decisive: 3 })),
  ).toEqual([1, 1, 1, 2, 3, 4]);
});

describe('a request that waits for its first content', () => {
  test('makes its target slow by half its age', () => {
    // 5.62 s is what the others take for 256 tokens; 40 s of waiting count as 20 s, which is 4.5 times as long.
    const waiting = { oldestUnansweredMs: 60_000, inFlight: 0 };
    const { strategy, view } = poolOf([waiting, { inFlight: 3 }]);
    expect(strategy.pick(view, {}, 60_000)).toBe(0);
    expect(strategy.pick(view, {}, 100_000)).toBe(1);
    view.inFlight[1] = 4;
    expect(strategy.pick(view, {}, 100_000)).toBe(0);
  });

  test('counts also where first content does not', () => {
    // 5.12 s for 256 tokens; 60 s are late by 29.5 s, which makes it 6.8 times as slow.
    const known = [{ oldestUnansweredMs: 0 }, { inFlight: 5 }];
    const { strategy, view } = poolOf(known, { mode: 'per-token' });
    expect(strategy.pick(view, {}, 1000)).toBe(0);
    expect(strategy.pick(view, {}, 60_000)).toBe(1);
  });

  test('leaves a target that hangs less than a fourth of the others’ requests', () => {
    const { strategy, view } = poolOf([{ oldestUnansweredMs: 0 }, {}, {}, {}]);
    for (let pick = 0; pick < 65; pick++) view.inFlight[strategy.pick(view, {}, 60_000)]!++;
    expect(view.inFlight[0]).toBeLessThanOrEqual(5);
  });
});

test('takes targets that answer in no time as equal', () => {
  const instant = { firstContentMs: 0, perTokenMs: 0 };
  const { strategy, view } = poolOf([
    { ...instant, inFlight: 1 },
    instant,
    { ...instant, inFlight: 2 },
  ]);
  expect(strategy.pick(view, { maxOutputTokens: 0 }, 0)).toBe(1);
});

describe('failures', () => {
  test('cost as much as waiting once more: half of them failing, a target needs to be idle', () => {
    const { strategy, view } = poolOf([{ failureRatio: 0.5, inFlight: 0 }, { inFlight: 9 }]);
    // (0 + 1) + 0.5 / 0.5 * 5.5 against 10, then (4 + 1) + 7.5.
    expect(strategy.pick(view, {}, 0)).toBe(0);
    view.inFlight[0] = 4;
    expect(strategy.pick(view, {}, 0)).toBe(1);
  });

  test('keep an idle target that fails at once from drawing requests', () => {
    const busy = { inFlight: 20 };
    expect(counts([{ failureRatio: 0.9 }, busy, busy, busy], 100)[0]).toBe(0);
  });

  test('decide between targets that are equal otherwise', () => {
    expect(counts([{ failureRatio: 0.01 }, {}], 100)).toEqual([0, 100]);
  });

  test('of all targets leave the least bad one', () => {
    expect(counts([{ failureRatio: 1 }, { failureRatio: 0.95 }], 100)).toEqual([0, 100]);
  });
});

describe('a target without a sample', () => {
  test('gets its share: not all, not none', () => {
    const [, , fresh] = counts([{}, {}, { samples: 0 }], 3000);
    // A third of 3,000, with a standard deviation of 26.
    expect(Math.abs(fresh! - 1000)).toBeLessThan(5 * 26);
  });

  test('gets its share by weight', () => {
    const [fresh] = counts([{ samples: 0, weight: 1 }, { weight: 3 }], 4000);
    expect(Math.abs(fresh! - 1000)).toBeLessThan(5 * 27);
  });

  test('gets no more than that however fast the prior looks', () => {
    const prior = { samples: 0, firstContentMs: 1, perTokenMs: 0.1 };
    const [fresh] = counts([prior, {}], 2000);
    expect(Math.abs(fresh! - 1000)).toBeLessThan(5 * 22);
  });

  test('gets none while it is busier than the others', () => {
    expect(counts([{}, {}, { samples: 0, inFlight: 5 }], 1000)[2]).toBe(0);
  });

  test('gets hardly any while it fails', () => {
    const [, fresh] = counts([{}, { samples: 0, failureRatio: 0.95 }], 2000);
    expect(fresh).toBeLessThan(100);
  });

  test('keeps a part of its share until eight, so that one bad sample does not shut it out', () => {
    const slow = { firstContentMs: 20_000 };
    const share = (samples: number): number => counts([{}, { ...slow, samples }], 4000)[1]! / 4000;
    // Half of the requests, times what is left to eight samples; the standard deviation is at most 0.8 %.
    expect(Math.abs(share(2) - 0.375)).toBeLessThan(0.04);
    expect(Math.abs(share(6) - 0.125)).toBeLessThan(0.04);
    expect(share(8)).toBe(0);
  });

  test('is chosen when no other is admissible', () => {
    const { strategy, view } = poolOf([{}, { samples: 0, inFlight: 50 }]);
    view.admissible[0] = 0;
    for (let pick = 0; pick < 20; pick++) expect(strategy.pick(view, {}, 0)).toBe(1);
  });

  test('is like the others when none has one: times per token still count', () => {
    const known = { samples: 0 };
    expect(counts([{ ...known, perTokenMs: 40 }, known], 100)).toEqual([0, 100]);
  });
});

describe('a large pool', () => {
  const many = Array.from({ length: 1000 }, (_, slot) => ({ inFlight: 1 + (slot % 10) }));

  test('is compared eight at a time: mostly the busy ones are left alone', () => {
    const picked = counts(many, 2000);
    const loads = many.map(() => 0);
    for (const [slot, count] of picked.entries()) loads[many[slot]!.inFlight]! += count;
    // The least of eight draws is 1 or 2 of the ten loads with a chance of 1 - 0.8^8 = 83 %, above 5 with 0.4 %.
    expect(loads[1]! + loads[2]!).toBeGreaterThan(0.8 * 2000);
    expect(loads.slice(6).reduce((sum, count) => sum + count, 0)).toBeLessThan(0.01 * 2000);
  });

  test('is compared in full where no drawn target is admissible', () => {
    const { strategy, view } = poolOf(many);
    view.admissible.fill(0);
    view.admissible[321] = 1;
    expect(strategy.pick(view, {}, 0)).toBe(321);
  });

  test('draws eight different targets', () => {
    const { strategy, view } = poolOf(Array.from({ length: 65 }, () => ({})));
    for (let pick = 0; pick < 100; pick++) {
      const trace = testTrace();
      view.trace = trace;
      strategy.pick(view, {}, 0);
      expect(trace.scores.size).toBe(8);
    }
  });
});

test('says the cost of every admissible target in seconds', () => {
  const { strategy, view } = poolOf([
    { firstContentMs: 440, perTokenMs: 10 },
    { firstContentMs: 1760, perTokenMs: 40, inFlight: 1 },
    {},
  ]);
  view.admissible[2] = 0;
  const trace = testTrace();
  view.trace = trace;
  strategy.pick(view, {}, 0);
  // 0.44 + 2.56 s, and four times that for two requests.
  expect([...trace.scores]).toEqual([
    [0, 3],
    [1, 24],
  ]);
});

test.each([
  [
    { mode: 'fastest' },
    'latency: `mode` must be one of balanced, first-token, per-token, peak-ewma, got "fastest"',
  ],
  [{ expectedOutputTokens: 0 }, 'latency: `expectedOutputTokens` must be a number >= 1, got 0'],
  [{ decayMs: 0 }, 'latency: `decayMs` must be milliseconds > 0, got 0'],
])('refuses %j', (options, message) => {
  expect(() => latency(options as LatencyOptions)).toThrow(message);
});
