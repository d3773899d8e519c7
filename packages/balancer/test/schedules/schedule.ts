import fc from 'fast-check';

/** What becomes of one attempt. Times in milliseconds. */
export interface Fate {
  readonly connectMs: number;
  readonly firstMs: number;
  readonly gapMs: number;
  /**
   * How it ends: well; in a failure (before the answer, or in its middle where `after` pieces have come); or in silence.
   */
  readonly end:
    | 'well'
    | 'silence'
    | 'server'
    | 'network'
    | 'throttle'
    | 'overload'
    | 'auth'
    | 'model_access'
    | 'too_long'
    | 'policy'
    | 'bad_request';
  /** Pieces of the answer before that. */
  readonly after: number;
  /** Whether, when it goes on with another's answer, it says something else. */
  readonly differs: boolean;
}

/** One request, and what its caller does. */
export interface Asking {
  readonly atMs: number;
  /** Through which door it comes. */
  readonly way: 'start' | 'stream' | 'run';
  readonly isStream: boolean;
  /** Pieces of its answer, at least 1. */
  readonly pieces: number;
  readonly timeoutMs: number | undefined;
  readonly priority: number;
  readonly pin: boolean;
  /** When the caller goes away, after the start. */
  readonly leaveMs: number | undefined;
  /** When the caller stops reading, after the start, and for how long. */
  readonly pauseMs: number | undefined;
  readonly pausedForMs: number;
}

/** A change of the pool. */
export interface Change {
  readonly atMs: number;
  readonly do: 'add' | 'drain' | 'enable' | 'remove' | 'weight';
  readonly which: number;
}

/** How the pool is made. */
export interface Making {
  readonly targets: number;
  readonly concurrency: number | undefined;
  readonly hedgeAfterMs: number | undefined;
  readonly hedgeRatio: number;
  readonly rescue: boolean;
  readonly holdBack: number;
  readonly maxQueue: number;
  readonly probeEveryMs: number | undefined;
  readonly slowStart: boolean;
  readonly panicRatio: number;
  readonly detector: 'in a row' | 'rate' | 'bayesian';
}

export interface Schedule {
  readonly making: Making;
  readonly askings: readonly Asking[];
  readonly changes: readonly Change[];
  /** Of attempts, in the order in which they start; begun anew when they are used up. */
  readonly fates: readonly Fate[];
}

/** Retries that a pool has at its start. */
export const RETRIES = 2;

/** Limits of the pool, a hundredth of what they usually are: a schedule is a few seconds long. */
export const LIMITS = {
  connectMs: 50,
  firstContentMs: 300,
  idleMs: 600,
  deadlineMs: 800,
  totalMs: 3000,
} as const;

const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const fate: fc.Arbitrary<Fate> = fc.record({
  connectMs: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 20 }) },
    { weight: 1, arbitrary: fc.integer({ min: 20, max: 100 }) },
  ),
  firstMs: fc.oneof(
    { weight: 7, arbitrary: fc.integer({ min: 1, max: 100 }) },
    { weight: 1, arbitrary: fc.integer({ min: 100, max: 1000 }) },
  ),
  gapMs: fc.oneof(
    { weight: 7, arbitrary: fc.integer({ min: 1, max: 50 }) },
    { weight: 1, arbitrary: fc.integer({ min: 50, max: 800 }) },
  ),
  end: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Fate['end']>('well') },
    { weight: 3, arbitrary: fc.constantFrom<Fate['end']>('server', 'network', 'silence') },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Fate['end']>('throttle', 'overload', 'auth', 'model_access'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Fate['end']>('bad_request', 'too_long', 'policy'),
    },
  ),
  after: fc.nat(4),
  differs: fc.boolean(),
});

const asking: fc.Arbitrary<Asking> = fc.record({
  atMs: fc.nat(1500),
  way: fc.constantFrom('start', 'stream', 'run'),
  isStream: fc.boolean(),
  pieces: fc.integer({ min: 1, max: 5 }),
  timeoutMs: rarely(fc.integer({ min: 1, max: 1000 })),
  priority: fc.nat(3),
  pin: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
  leaveMs: rarely(fc.nat(800)),
  pauseMs: rarely(fc.nat(400)),
  pausedForMs: fc.nat(1000),
});

const change: fc.Arbitrary<Change> = fc.record({
  atMs: fc.nat(2000),
  do: fc.constantFrom('add', 'drain', 'enable', 'remove', 'weight'),
  which: fc.nat(9),
});

const making: fc.Arbitrary<Making> = fc.record({
  targets: fc.integer({ min: 1, max: 4 }),
  concurrency: rarely(fc.integer({ min: 1, max: 3 })),
  hedgeAfterMs: rarely(fc.integer({ min: 10, max: 200 })),
  hedgeRatio: fc.constantFrom(0.1, 1),
  rescue: fc.boolean(),
  holdBack: fc.constantFrom(0, 0, 6, 100),
  maxQueue: fc.constantFrom(0, 2, 1000),
  probeEveryMs: rarely(fc.integer({ min: 100, max: 500 })),
  slowStart: fc.boolean(),
  panicRatio: fc.constantFrom(0, 0.5),
  detector: fc.constantFrom('in a row', 'rate', 'bayesian'),
});

export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  making,
  askings: fc.array(asking, { minLength: 1, maxLength: 12 }),
  changes: fc.array(change, { maxLength: 4 }),
  fates: fc.array(fate, { minLength: 1, maxLength: 12 }),
});
