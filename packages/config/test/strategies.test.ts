import { formatProblem, loadConfig, type StrategyConfig } from '@plimsoll/config';
import { describe, expect, it, test } from 'vitest';

const targets = 'targets: [{ id: a, provider: simulated, model: m, tags: [x] }]';

function fileOf(strategy: string, more = targets): string {
  return `pools:\n  chat:\n    strategy: ${strategy}\n    ${more}\n`;
}

function strategyOf(strategy: string, more?: string): StrategyConfig {
  const { config, errors } = loadConfig(fileOf(strategy, more), { env: {}, file: 'f' });
  expect(errors.map(formatProblem)).toEqual([]);
  return config!.pools[0]!.strategy;
}

function errorsOf(strategy: string, more?: string): string[] {
  return loadConfig(fileOf(strategy, more), { env: {}, file: 'f' }).errors.map(formatProblem);
}

function warningsOf(strategy: string, more?: string): string[] {
  return loadConfig(fileOf(strategy, more), { env: {}, file: 'f' }).warnings.map(formatProblem);
}

test.each([
  ['least-busy', 'least-busy'],
  ['latency-based', 'latency'],
  ['hash', 'consistent-hash'],
  ['"@plimsoll/strategy-quota-headroom"', 'quota-headroom'],
  ['"@plimsoll/strategy-hash"', 'consistent-hash'],
  ['"@acme/strategy-hash"', '@acme/strategy-hash'],
  ['./hash.ts', './hash.ts'],
])('%s is %s', (name, use) => {
  expect(strategyOf(name)).toEqual({ use, options: {} });
});

describe('options', () => {
  it('become those of the factory', () => {
    expect(strategyOf('{ use: latency, mode: peak-ewma, decay: 5s }')).toEqual({
      use: 'latency',
      options: { mode: 'peak-ewma', decayMs: 5000 },
    });
    expect(strategyOf('{ use: hash, algorithm: maglev, bound: 1.25 }')).toEqual({
      use: 'consistent-hash',
      options: { algorithm: 'maglev', maxLoadPercent: 125 },
    });
    expect(strategyOf('{ use: hash, bound: false }').options).toEqual({ maxLoadPercent: false });
  });

  it('have the pool’s bound where they state none', () => {
    const more = `hash: { bound: 2 }\n    ${targets}`;
    expect(strategyOf('hash', more).options).toEqual({ maxLoadPercent: 200 });
    expect(strategyOf('{ use: hash, bound: 3 }', more).options).toEqual({ maxLoadPercent: 300 });
    expect(strategyOf('{ use: tiered, within: hash }', more).options).toEqual({
      within: { use: 'consistent-hash', options: { maxLoadPercent: 200 } },
    });
  });

  it('of strategies within are compiled in every place', () => {
    expect(
      strategyOf(`
      use: rules
      rules:
        - when: "size.tokens > 20000 || request.images > 0"
          use: { use: tiered, within: least-busy, tiers: { 1: { use: cost, maxFirstContent: 2s } } }
          targets: [a]
        - when: complexity > 0.5
      otherwise: { use: geo, within: hash }`),
    ).toEqual({
      use: 'rules',
      options: {
        rules: [
          {
            when: 'size.tokens > 20000 || request.images > 0',
            use: {
              use: 'tiered',
              options: {
                within: { use: 'least-busy', options: {} },
                tiers: { '1': { use: 'cost', options: { maxFirstContentMs: 2000 } } },
              },
            },
            targets: ['a'],
          },
          { when: 'complexity > 0.5', use: { use: 'round-robin', options: {} } },
        ],
        otherwise: { use: 'geo', options: { within: { use: 'consistent-hash', options: {} } } },
      },
    });
  });

  it('of a package are handed on as they are', () => {
    expect(strategyOf('{ use: ./own.ts, within: anything, decay: 5s }')).toEqual({
      use: './own.ts',
      options: { within: 'anything', decay: '5s' },
    });
  });

  it('may come from the environment', () => {
    const { config } = loadConfig(fileOf('{ use: hash, bound: "${BOUND}" }'), {
      env: { BOUND: '1.5' },
      file: 'f',
    });
    expect(config?.pools[0]?.strategy.options).toEqual({ maxLoadPercent: 150 });
  });
});

describe('errors', () => {
  it('are at the option', () => {
    expect(errorsOf('{ use: least-busy, idel: share, choices: 1 }')).toEqual([
      'f:3:34: pools.chat.strategy.idel: is no option of least-busy (did you mean "idle"?); it has idle, choices, ' +
        'exactUpTo',
      'f:3:56: pools.chat.strategy.choices: must be an integer from 2 to 10, got 1',
    ]);
    expect(errorsOf('{ use: round-robin, phase: 3 }')).toEqual([
      'f:3:35: pools.chat.strategy.phase: is no option of round-robin; it has none',
    ]);
  });

  it('are at the option of a strategy within', () => {
    expect(
      errorsOf('{ use: tiered, within: { use: geo, within: { use: latency, mode: fast } } }'),
    ).toEqual([
      'f:3:80: pools.chat.strategy.within.within.mode: must be balanced, first-token, per-token or peak-ewma, got "fast"',
    ]);
    expect(errorsOf('{ use: tiered, tiers: { 1: leest-busy } }')).toEqual([
      expect.stringMatching(
        /^f:3:42: pools\.chat\.strategy\.tiers\.1: there is no strategy "leest-busy" \(did you mean "least-busy"\?\)/,
      ),
    ]);
  });

  it('are at the condition that is none', () => {
    expect(
      errorsOf('{ use: rules, rules: [{ when: "size.tokens" }, { when: "size.tokns > 3" }] }'),
    ).toEqual([
      expect.stringMatching(
        /^f:3:45: pools\.chat\.strategy\.rules\[0\]\.when: expression "size\.tokens"/,
      ),
      expect.stringMatching(
        /^f:3:70: pools\.chat\.strategy\.rules\[1\]\.when: expression "size\.tokns > 3"/,
      ),
    ]);
    expect(errorsOf('rules')).toEqual([
      'f:3:15: pools.chat.strategy: needs its rules: a mapping with use: rules and rules',
    ]);
  });
});

describe('a warning', () => {
  it('tells of targets and tags of a rule that the pool does not have', () => {
    const rule = (more: string): string => `{ use: rules, rules: [{ when: "true", ${more} }] }`;
    expect(warningsOf(rule('targets: [a, b], tags: [y]'))).toEqual([
      'f:3:66: pools.chat.strategy.rules[0].targets[1]: no target of the pool has the id "b" (did you mean "a"?); ' +
        'there are a',
      'f:3:77: pools.chat.strategy.rules[0].tags[0]: no target of the pool has the tag "y" (did you mean "x"?); ' +
        'there are x',
    ]);
  });

  it('tells of targets without a price where cost decides, however deep', () => {
    expect(warningsOf('{ use: tiered, within: cost }')).toEqual([
      'f:3:38: pools.chat.strategy.within: cost uses targets without a price last; these state none: a',
    ]);
  });

  it('tells of a hash key that nothing reads, and of residency that leaves none', () => {
    expect(
      warningsOf(
        'least-busy',
        `hash: { key: [user], bound: 2 }\n    residency: [eu]\n    ${targets}`,
      ),
    ).toEqual([
      'f:4:18: pools.chat.hash.key: is read by no strategy of the pool; consistent-hash does',
      'f:4:33: pools.chat.hash.bound: is read by no strategy of the pool; consistent-hash does',
      'f:5:16: pools.chat.residency: no target of the pool lies there, so no request can be served: a',
    ]);
  });
});
