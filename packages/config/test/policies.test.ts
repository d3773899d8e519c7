import { formatProblem, loadConfig, type PoolConfig, type TargetConfig } from '@plimsoll/config';
import { describe, expect, it, test } from 'vitest';

function load(text: string) {
  return loadConfig(text, { env: {}, file: 'f' });
}

/** A pool with one policy on line 3. */
function withPolicy(policy: string): string {
  return `pools:\n  chat:\n    ${policy}\n    targets: [{ id: a, provider: simulated, model: m }]\n`;
}

function poolOf(policy: string): PoolConfig {
  const { config, errors } = load(withPolicy(policy));
  expect(errors.map(formatProblem)).toEqual([]);
  return config!.pools[0]!;
}

function errorsOf(text: string): string[] {
  return load(text).errors.map(formatProblem);
}

const hash = 'ab'.repeat(32);

test.each([
  ['hedge: never', { hedge: undefined }],
  ['hedge: { after: 500ms }', { hedge: { afterMs: 500 } }],
  ['hedge: { after: p95, budget: 0.05 }', { hedge: { afterQuantile: 0.95, budgetRatio: 0.05 } }],
  ['hedge: { after: p99.9 }', { hedge: { afterQuantile: 0.999 } }],
  ['rescue: never', { rescue: undefined }],
  ['rescue: continue', { rescue: {} }],
  [
    'rescue: { holdBack: 400, acrossModels: true }',
    { rescue: { holdBack: 400, acrossModels: true } },
  ],
  ['queue: { maxWait: 0, maxLength: 5 }', { queue: { maxWaitMs: 0, maxLength: 5 } }],
  ['queue: { maxWait: 2s }', { queue: { maxWaitMs: 2000 } }],
  ['health: { slowStart: never, panic: 0.5 }', { health: { slowStart: false, panicRatio: 0.5 } }],
  ['health: { slowStart: 10s }', { health: { slowStart: { windowMs: 10_000 } } }],
  [
    'health: { slowStart: { window: 10s, minRatio: 0.2, aggression: 2 } }',
    { health: { slowStart: { windowMs: 10_000, minRatio: 0.2, aggression: 2 } } },
  ],
  [
    'health: { probe: { every: 30s, timeout: 2s, request: { prompt: Hi } } }',
    { health: { probe: { everyMs: 30_000, timeoutMs: 2000, request: { prompt: 'Hi' } } } },
  ],
  [
    'health: { breaker: { byKind: { timeout: 3 }, rate: { maxRatio: 0.5, window: 10s }, maxReset: 5m } }',
    {
      health: {
        breaker: {
          byKind: { timeout: 3 },
          rate: { maxRatio: 0.5, windowMs: 10_000 },
          maxResetMs: 300_000,
        },
      },
    },
  ],
  ['retry: { policyFailover: true }', { retry: { policyFailover: true } }],
  ['budget: { usdPerDay: 5, timeZone: Europe/Berlin }', { budget: { usdPerDay: 5 } }],
  ['residency: [eu]', { residency: ['eu'] }],
  [
    'hash: { key: [header:X-User, prompt-prefix:512] }',
    { hashKey: ['header:X-User', 'prompt-prefix:512'] },
  ],
])('%s', (policy, expected) => {
  expect(poolOf(policy)).toMatchObject(expected);
});

test.each([
  [
    'hedge: { after: p30 }',
    /^f:3:21: pools\.chat\.hedge\.after: must be a duration such as 500ms, or a quantile/,
  ],
  [
    'hedge: always',
    /^f:3:12: pools\.chat\.hedge: must be never, or a mapping with after and budget, got "always"/,
  ],
  ['hedge: { budget: 0.1 }', /^f:3:12: pools\.chat\.hedge\.after: is missing/],
  [
    'rescue: { holdback: 3 }',
    /^f:3:15: pools\.chat\.rescue\.holdback: is not a known key \(did you mean "holdBack"\?\)/,
  ],
  [
    'queue: { maxWait: -1 }',
    /^f:3:23: pools\.chat\.queue\.maxWait: must be a duration, or 0 to refuse at once, got -1/,
  ],
  [
    'health: { breaker: { rate: { maxRatio: 0 } } }',
    /maxRatio: must be a number above 0, at most 1, got 0/,
  ],
  [
    'health: { breaker: { outliers: { minTargets: 2 } } }',
    /minTargets: must be an integer >= 3, got 2/,
  ],
  ['health: { probe: { timeout: 1s } }', /^f:3:22: pools\.chat\.health\.probe\.every: is missing/],
  [
    'budget: { timeZone: UTC }',
    /^f:3:13: pools\.chat\.budget: must be a mapping with usdPerDay, usdPerMonth or both/,
  ],
  [
    'budget: { usdPerDay: 1, timeZone: Mars }',
    /timeZone: must be the name of a time zone, such as UTC .*, got "Mars"/,
  ],
  [
    'hash: { key: [cookie] }',
    /^f:3:19: pools\.chat\.hash\.key\[0\]: must be header:NAME, .*, got "cookie"/,
  ],
  ['hash: { bound: 0.5 }', /bound: must be a number from 1 to 100, or false for none, got 0\.5/],
])('refuses %s', (policy, message) => {
  expect(errorsOf(withPolicy(policy))).toEqual([expect.stringMatching(message)]);
});

test('a probe that asks must name a model where the target hands on any', () => {
  const text = withPolicy('health: { probe: { every: 30s, request: { prompt: Hi } } }');
  expect(errorsOf(text.replace('model: m', 'model: "*"'))).toEqual([
    'f:3:45: pools.chat.health.probe.request.model: is missing: "a" hands on the name of the model, so the probe must ' +
      'state one',
  ]);
});

describe('limits', () => {
  const targetOf = (more: string): TargetConfig => {
    const { config, errors } = load(`pools: { chat: { targets: [{ id: a, model: m, ${more} }] } }`);
    expect(errors.map(formatProblem)).toEqual([]);
    return config!.targets[0]!;
  };

  it('have their durations in milliseconds', () => {
    const limits =
      '{ rps: 1, rpm: 600, rpd: 10000, tpm: 2e5, itpm: 10, otpd: 20, concurrency: 5, judging: 1s, guard: 0, burst: 0.1, ' +
      'accounting: produced, timeZone: UTC }';
    expect(targetOf(`provider: simulated, limits: ${limits}`).limits).toEqual({
      rps: 1,
      rpm: 600,
      rpd: 10_000,
      tpm: 200_000,
      itpm: 10,
      otpd: 20,
      concurrency: 5,
      judgingMs: 1000,
      guardMs: 0,
      burstRatio: 0.1,
      accounting: 'produced',
      timeZone: 'UTC',
    });
  });

  it('of Azure are judged by the second and reserved, unless they say otherwise', () => {
    const azure = 'provider: azure, apiKey: k, baseUrl: "http://127.0.0.1/v1"';
    expect(targetOf(`${azure}, limits: { rpm: 60, tpm: 1000 }`).limits).toEqual({
      rpm: 60,
      tpm: 1000,
      accounting: 'reserved',
      judgingMs: 1000,
    });
    expect(targetOf(`${azure}, limits: { tpm: 1000 }`).limits).toEqual({
      tpm: 1000,
      accounting: 'reserved',
    });
    expect(
      targetOf(`${azure}, limits: { rpm: 60, judging: 10s, accounting: actual }`).limits,
    ).toEqual({ rpm: 60, accounting: 'actual', judgingMs: 10_000 });
  });

  it('of a quota group are those its targets’ provider has', () => {
    const { config, warnings } = load(`
quotaGroups: { org: { rpm: 60 }, orgg: { rpd: 5 } }
pools:
  chat: { targets: [{ id: a, provider: azure, model: m, apiKey: k, baseUrl: "http://127.0.0.1/v1", quotaGroup: org }] }
`);
    expect(config?.quotaGroups).toEqual({
      org: { rpm: 60, accounting: 'reserved', judgingMs: 1000 },
      orgg: { rpd: 5 },
    });
    expect(warnings.map(formatProblem)).toEqual([
      'f:2:34: quotaGroups.orgg: no target has the quota group "orgg" (did you mean "org"?)',
    ]);
  });

  it('are refused with their place', () => {
    const text = (limits: string): string =>
      `pools: { chat: { targets: [{ id: a, provider: simulated, model: m, limits: ${limits} }] } }`;
    expect(errorsOf(text('{ rpm: 0 }'))).toEqual([
      'f:1:83: pools.chat.targets[0].limits.rpm: must be a number of requests, >= 1, got 0',
    ]);
    expect(errorsOf(text('{ tpm: 5, judging: 1s }'))).toEqual([
      expect.stringContaining('limits.judging: must be stated only together with rpm, got "1s"'),
    ]);
    expect(errorsOf(text('{ rpm: 5, judging: 60s }'))).toEqual([
      expect.stringContaining('limits.judging: must be a duration from 100ms to 30s, got "60s"'),
    ]);
    expect(errorsOf(`${text('{ rpm: 5 }')}\nquotaGroups: { a: { concurrency: 3 } }`)).toEqual([
      expect.stringContaining('quotaGroups.a.concurrency: is not a known key'),
    ]);
  });
});

describe('clients', () => {
  const pools = 'pools: { chat: { targets: [{ id: a, provider: simulated, model: m }] } }';

  it('are compiled', () => {
    const { config, errors } = load(`
${pools}
clients:
  - { id: team-a, keySha256: ${hash.toUpperCase()}, tenant: a, pools: [chat], priority: 1, may: [pin], budget: { usdPerDay: 50 } }
  - { id: team-b, keySha256: ${'cd'.repeat(32)} }
budgets: { usdPerMonth: 2000 }
state: sqlite
`);
    expect(errors).toEqual([]);
    expect(config?.clients).toEqual([
      {
        id: 'team-a',
        keySha256: hash,
        tenant: 'a',
        pools: ['chat'],
        priority: 1,
        may: ['pin'],
        budget: { usdPerDay: 50 },
      },
      { id: 'team-b', keySha256: 'cd'.repeat(32), may: [] },
    ]);
    expect(config?.budget).toEqual({ usdPerMonth: 2000 });
    expect(config?.state).toEqual({ sqlite: './plimsoll.db' });
  });

  it('must differ, and name pools that exist', () => {
    expect(
      errorsOf(
        `clients:\n  - { id: a, keySha256: ${hash}, pools: [chta] }\n  - { id: a, keySha256: ${hash} }\n${pools}`,
      ),
    ).toEqual([
      expect.stringMatching(
        /^f:2:\d+: clients\[0\]\.pools\[0\]: names no pool: "chta" \(did you mean "chat"\?\)/,
      ),
      'f:3:11: clients[1].id: "a" is another client\'s id already',
      expect.stringMatching(/^f:3:\d+: clients\[1\]\.keySha256: is the key of "a" already$/),
    ]);
    expect(errorsOf(`clients: [{ id: a, keySha256: secret }]\n${pools}`)).toEqual([
      'f:1:31: clients[0].keySha256: must be the SHA-256 of the key in hex: 64 digits, got a value that is not shown',
    ]);
  });
});

test.each([
  ['sqlite', { sqlite: './plimsoll.db' }],
  ['{ sqlite: state.db }', { sqlite: 'state.db' }],
  ['{ redis: "redis://127.0.0.1:6379" }', { redis: 'redis://127.0.0.1:6379' }],
])('state: %s', (state, expected) => {
  const text = `pools: { chat: { targets: [{ id: a, provider: simulated, model: m }] } }\nstate: ${state}`;
  expect(load(text).config?.state).toEqual(expected);
});

test.each([
  [
    'memory',
    'f:2:8: state: must be sqlite, or a mapping with either sqlite: PATH or redis: URL, got "memory"',
  ],
  ['{ sqlite: a.db, redis: "redis://h" }', 'f:2:8: state: must have either sqlite or redis'],
  ['{}', 'f:2:8: state: must have either sqlite or redis'],
  [
    '{ redis: "http://u:secret@h" }',
    'f:2:17: state.redis: must be an address that begins with redis:// or rediss://, got a value that is not shown',
  ],
])('refuses state: %s', (state, message) => {
  const text = `pools: { chat: { targets: [{ id: a, provider: simulated, model: m }] } }\nstate: ${state}`;
  expect(errorsOf(text)).toEqual([message]);
});

test('a budget over targets without a price is warned about', () => {
  const { warnings } = load(
    withPolicy('budget: { usdPerDay: 5 }').replace(
      'model: m',
      'model: m, budget: { usdPerDay: 1 }',
    ) + 'budgets: { usdPerMonth: 9 }',
  );
  expect(warnings.map(formatProblem)).toEqual([
    'f:3:13: pools.chat.budget: does not count targets without a price: a',
    expect.stringMatching(/^f:4:\d+: pools\.chat\.targets\[0\]\.budget: does not count .*: a$/),
    'f:5:10: budgets: does not count targets without a price: a',
  ]);
});

test.each([
  ['', 0.1],
  ['fairness: {}', 0.1],
  ['fairness: { alertPast: 0.05 }', 0.05],
])('fairness: "%s"', (policy, alertPast) => {
  expect(load(withPolicy(policy)).config?.pools[0]?.fairness).toEqual({ alertPast });
});

test.each([0, 1.5, '"10%"'])('refuses a bound of fairness of %s', (alertPast) => {
  expect(errorsOf(withPolicy(`fairness: { alertPast: ${alertPast} }`))).toEqual([
    `f:3:28: pools.chat.fairness.alertPast: must be a number above 0, at most 1, got ${alertPast}`,
  ]);
});

const simple = 'pools: { chat: { targets: [{ id: a, provider: simulated, model: m }] } }\n';
const token: string | undefined = undefined;

test.each([
  ['', { prometheus: true, token }],
  ['metrics: {}', { prometheus: true, token }],
  ['metrics: { prometheus: false }', { prometheus: false, token }],
  ['metrics: { token: tea }', { prometheus: true, token: 'tea' }],
  ['metrics: { token: "${METRICS_TOKEN:-}" }', { prometheus: true, token }],
  [
    'metrics: { otlp: { endpoint: http://127.0.0.1:4318 } }',
    {
      prometheus: true,
      token,
      otlp: {
        endpoint: 'http://127.0.0.1:4318',
        headers: {},
        intervalMs: 60_000,
        names: 'current',
      },
    },
  ],
  [
    'metrics: { otlp: { endpoint: "https://o.test/x", headers: { x-key: k }, interval: 10s, names: older } }',
    {
      prometheus: true,
      token,
      otlp: {
        endpoint: 'https://o.test/x',
        headers: { 'x-key': 'k' },
        intervalMs: 10_000,
        names: 'older',
      },
    },
  ],
])('metrics: "%s"', (metrics, compiled) => {
  expect(load(simple + metrics).config?.metrics).toEqual(compiled);
});

test.each([
  ['{ prometheus: 9090 }', 'f:2:24: metrics.prometheus: must be true or false, got 9090'],
  [
    '{ token: "two words" }',
    'f:2:19: metrics.token: must be a text of visible ASCII characters, or an empty one for none, ' +
      'got a value that is not shown',
  ],
  [
    '{ otlp: {} }',
    'f:2:18: metrics.otlp.endpoint: is missing; it must be an address that begins with http:// or https://, ' +
      'such as http://127.0.0.1:4318',
  ],
  [
    '{ otlp: { endpoint: http://h, headers: { authorization: "Bearer secret\\r\\nx" } } }',
    'f:2:66: metrics.otlp.headers.authorization: must be a text on one line, got a value that is not shown',
  ],
  [
    '{ otlp: { endpoint: http://h, names: new } }',
    'f:2:47: metrics.otlp.names: must be current or older, got "new"',
  ],
])('refuses metrics: %s', (metrics, message) => {
  expect(errorsOf(`${simple}metrics: ${metrics}`)).toEqual([message]);
});

test('names that the admin API answers to are compared in lower case', () => {
  const text = `${simple}server: { admin: { hosts: [Gateway.Example, "::1"] } }`;
  expect(load(text).config?.server.adminHosts).toEqual(['gateway.example', '::1']);
});

test.each(['"https://gateway.example"', '"gateway.example/admin"', '""'])(
  'refuses %s as a name of a host',
  (name) => {
    expect(errorsOf(`${simple}server: { admin: { hosts: [${name}] } }`)).toEqual([
      `f:2:28: server.admin.hosts[0]: must be a host name or an address, without scheme and port, got ${name}`,
    ]);
  },
);

test('a time of few milliseconds is doubted', () => {
  const { warnings } = load(withPolicy('retry: { deadline: 30, idle: 5000, connect: 50ms }'));
  expect(warnings.map(formatProblem)).toEqual([
    'f:3:24: pools.chat.retry.deadline: is 30 milliseconds; 30 seconds are written 30s',
  ]);
});
