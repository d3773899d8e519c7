import {
  seededRandom,
  type Snapshot,
  type Strategy,
  type StrategyDefinition,
  type Target,
} from '@plimsoll/core';
import {
  manualClock,
  snapshotOf,
  testTrace,
  testView,
  type TestView,
  turns,
} from '@plimsoll/testkit';
import { describe, expect, test } from 'vitest';

import { geo } from '../src/index.ts';

const context = { random: seededRandom(1), clock: manualClock() };

function started(definition: StrategyDefinition, snapshot: Snapshot): [Strategy, TestView] {
  const strategy = definition.create(context);
  strategy.update(snapshot);
  return [strategy, testView(snapshot)];
}

function located(...regions: (string | undefined)[]): Snapshot {
  return snapshotOf(regions.map((region): Partial<Target> => ({ region })));
}

function picks(strategy: Strategy, view: TestView, count: number, region?: string): number[] {
  return Array.from({ length: count }, () => strategy.pick(view, { region }, 0));
}

describe('geo by distance', () => {
  test('takes the nearest region, and the next nearest when that has no admissible target', () => {
    const [strategy, view] = started(
      geo({ within: turns() }),
      located('us-west-2', 'ap-southeast-1', 'eu-west-1', 'us-east-1'),
    );
    expect(picks(strategy, view, 2, 'europe-west3')).toEqual([2, 2]);
    view.admissible[2] = 0;
    expect(picks(strategy, view, 1, 'europe-west3')).toEqual([3]);
    view.admissible[3] = 0;
    expect(picks(strategy, view, 1, 'europe-west3')).toEqual([0]);
    view.admissible[0] = 0;
    expect(picks(strategy, view, 1, 'europe-west3')).toEqual([1]);
    view.admissible[1] = 0;
    expect(picks(strategy, view, 1, 'europe-west3')).toEqual([-1]);
  });

  test.each([
    ['us-west', 0],
    ['westus3', 0],
    ['ap-northeast-1', 1],
    ['australiaeast', 1],
    ['eu', 2],
    ['africa', 1],
    ['canada', 3],
    ['sa-east-1', 3],
  ])('users of %s go to target %d', (region, slot) => {
    const [strategy, view] = started(
      geo({ within: turns() }),
      located('us-west-2', 'ap-southeast-1', 'eu-west-1', 'us-east-1'),
    );
    expect(picks(strategy, view, 1, region)).toEqual([slot]);
  });

  test('targets of one place share by the inner strategy, whatever their clouds call it', () => {
    const [strategy, view] = started(
      geo({ within: turns() }),
      located('us-east-1', 'eastus', 'eu-west-1', 'us-east4'),
    );
    expect(picks(strategy, view, 6, 'us-east')).toEqual([0, 1, 3, 0, 1, 3]);
  });

  test('a user without a region, or with one nobody knows, may go anywhere', () => {
    const [strategy, view] = started(
      geo({ within: turns() }),
      located('us-east-1', 'eu-west-1', 'ap-south-1'),
    );
    expect(picks(strategy, view, 3)).toEqual([0, 1, 2]);
    expect(picks(strategy, view, 3, 'atlantis')).toEqual([0, 1, 2]);
  });

  test('a region that is in no table is near to its own users and last for all others', () => {
    const [strategy, view] = started(
      geo({ within: turns() }),
      located('cellar', undefined, 'ap-southeast-2'),
    );
    expect(picks(strategy, view, 1, 'cellar')).toEqual([0]);
    expect(picks(strategy, view, 1, 'eu-west-1')).toEqual([2]);
    view.admissible[2] = 0;
    expect(picks(strategy, view, 2, 'eu-west-1')).toEqual([0, 0]);
    view.admissible[0] = 0;
    expect(picks(strategy, view, 2, 'cellar')).toEqual([1, 1]);
  });

  test('places of the user are added to the table', () => {
    const places = { cellar: { latitude: 48.1, longitude: 11.6 } };
    const [strategy, view] = started(
      geo({ within: turns(), places }),
      located('us-east-1', 'eu-west-1', 'cellar'),
    );
    expect(picks(strategy, view, 1, 'eu-central-1')).toEqual([2]);
    view.admissible[2] = 0;
    expect(picks(strategy, view, 1, 'cellar')).toEqual([1]);
  });

  test('never overrides residency: a nearer target that is not admitted is not used', () => {
    const snapshot = located('eu-west-1', 'us-east-1');
    const [strategy, view] = started(geo({ within: turns() }), snapshot);
    // As the engine answers for a request with residency ['eu'], here from a user in New York, and with that target down.
    view.admissible[1] = 0;
    expect(picks(strategy, view, 2, 'us-east-1')).toEqual([0, 0]);
    view.admissible[0] = 0;
    expect(picks(strategy, view, 2, 'us-east-1')).toEqual([-1, -1]);
    expect(picks(strategy, view, 2, 'atlantis')).toEqual([-1, -1]);
  });

  test('keeps the phase of a place while others come and go', () => {
    const [strategy, view] = started(geo({ within: turns() }), located('eu', 'eu', 'eu'));
    expect(picks(strategy, view, 2, 'eu')).toEqual([0, 1]);
    strategy.update(located('eu', 'europe-west3', 'eu', 'us-east-1'));
    expect(picks(strategy, view, 2, 'eu')).toEqual([2, 0]);
  });

  test('hands outcomes on to the place and to the strategy for anywhere', () => {
    const told: string[] = [];
    let created = 0;
    const listener: StrategyDefinition = {
      ...turns(),
      create: () => {
        const name = created++ === 0 ? 'anywhere' : `place ${created - 1}`;
        return {
          update: () => {},
          pick: () => -1,
          observe: (slot) => void told.push(`${name}: ${slot}`),
        };
      },
    };
    const [strategy] = started(geo({ within: listener }), located('eu', 'us-east-1'));
    strategy.observe!(1, { durationMs: 1 }, 0);
    strategy.observe!(5, { durationMs: 1 }, 0);
    expect(told).toEqual(['place 2: 1', 'anywhere: 1', 'anywhere: 5']);
  });

  test('notes the way it took, and scores every target with its distance', () => {
    const [strategy, view] = started(
      geo({ within: turns() }),
      located('us-east-1', 'eu-west-1', 'northeurope', undefined),
    );
    const trace = testTrace();
    view.trace = trace;
    view.admissible.fill(0, 1, 3);
    expect(strategy.pick(view, { region: 'eu' }, 0)).toBe(0);
    expect(trace.steps).toEqual([
      'from eu to eu-west-1, northeurope: 1091 km',
      'from eu to us-east-1: 6555 km',
    ]);
    expect([...trace.scores].map(([slot, km]) => [slot, Math.round(km)])).toEqual([
      [1, 1091],
      [2, 1091],
      [0, 6555],
      [3, Infinity],
    ]);
  });
});

describe('geo by latency', () => {
  test('takes the region with the quickest target, wherever the user is', () => {
    const [strategy, view] = started(
      geo({ within: turns(), nearest: 'latency' }),
      located('us-east-1', 'eu-west-1', 'us-east-1'),
    );
    view.estimates.firstContentMs.set([900, 500, 300]);
    expect(picks(strategy, view, 4, 'eu-west-1')).toEqual([0, 2, 0, 2]);
    view.admissible.set([0, 1, 0]);
    expect(picks(strategy, view, 1, 'us-east-1')).toEqual([1]);
  });

  test('leaves the region in use only for one that is a tenth quicker', () => {
    const [strategy, view] = started(
      geo({ within: turns(), nearest: 'latency' }),
      located('us-east-1', 'eu-west-1'),
    );
    const { firstContentMs } = view.estimates;
    firstContentMs.set([400, 500]);
    expect(picks(strategy, view, 1)).toEqual([0]);
    firstContentMs.set([400, 370]);
    expect(picks(strategy, view, 1)).toEqual([0]);
    firstContentMs.set([400, 359]);
    expect(picks(strategy, view, 1)).toEqual([1]);
    firstContentMs.set([400, 440]);
    expect(picks(strategy, view, 1)).toEqual([1]);
    firstContentMs.set([400, 445]);
    expect(picks(strategy, view, 1)).toEqual([0]);
  });

  test('a peek does not change the region in use', () => {
    const [strategy, view] = started(
      geo({ within: turns(), nearest: 'latency' }),
      located('us-east-1', 'eu-west-1'),
    );
    const { firstContentMs } = view.estimates;
    firstContentMs.set([400, 500]);
    expect(picks(strategy, view, 1)).toEqual([0]);
    firstContentMs.set([400, 300]);
    view.peek = true;
    expect(picks(strategy, view, 1)).toEqual([1]);
    view.peek = false;
    firstContentMs.set([400, 370]);
    expect(picks(strategy, view, 1)).toEqual([0]);
  });

  test('notes and scores the milliseconds of each region', () => {
    const [strategy, view] = started(
      geo({ within: turns(), nearest: 'latency' }),
      located('us-east-1', 'eu-west-1'),
    );
    const trace = testTrace();
    view.trace = trace;
    view.estimates.firstContentMs.set([512.4, 300]);
    view.admissible[1] = 0;
    expect(picks(strategy, view, 1)).toEqual([0]);
    expect(trace.steps).toEqual(['eu-west-1: 300 ms', 'us-east-1: 512 ms']);
    expect([...trace.scores]).toEqual([
      [0, 512.4],
      [1, 300],
    ]);
  });
});

describe('options of geo', () => {
  const place = (latitude: unknown, longitude: unknown): unknown => ({
    within: turns(),
    places: { cellar: { latitude, longitude } },
  });

  test.each([
    [{}, 'geo: `within` must be a strategy, such as roundRobin(), got undefined'],
    [
      { within: turns(), nearest: 'price' },
      'geo: `nearest` must be "distance" or "latency", got "price"',
    ],
    [place(91, 0), 'geo: `places.cellar.latitude` must be degrees from -90 to 90, got 91'],
    [place(0, -200), 'geo: `places.cellar.longitude` must be degrees from -180 to 180, got -200'],
    [
      place(0, undefined),
      'geo: `places.cellar.longitude` must be degrees from -180 to 180, got undefined',
    ],
  ])('%j is refused', (options, message) => {
    expect(() => geo(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_PLIMSOLL_OPTION', message }),
    );
  });
});
