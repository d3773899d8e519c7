import { formatProblem, type Loaded, loadConfig } from '@plimsoll/config';
import { describe, expect, it } from 'vitest';

function load(text: string, env: Record<string, string> = {}): Loaded {
  return loadConfig(text, { env, file: 'plimsoll.yaml' });
}

function errors(text: string, env: Record<string, string> = {}): string[] {
  const loaded = load(text, env);
  expect(loaded.config).toBeUndefined();
  return loaded.errors.map(formatProblem);
}

/** A pool of the given targets, each on a line of its own from line 3 on. */
function poolOf(...targets: string[]): string {
  return [
    'pools:',
    '  chat: { targets: [',
    ...targets.map((target) => `    ${target},`),
    '    ] }',
  ].join('\n');
}

const simulated = '{ id: a, provider: simulated, model: m }';

describe('loadConfig', () => {
  it('compiles every key to the form the gateway uses', () => {
    const { config, errors, warnings } = load(
      `
targets:
  - id: openai-1
    provider: openai
    model: gpt-5-mini
    apiKey: \${OPENAI_KEY_1}
    weight: 3
    region: us-east
    limits: { concurrency: 50 }
    quotaGroup: org-a
    cacheDomain: cache-a
    price: { input: 0.25, output: 2, cachedInput: 0.025 }
    capabilities: { contextWindow: 400000, tools: true, images: false }
  - id: local
    provider: openai
    baseUrl: http://127.0.0.1:9100/v1
    model: "*"
    weight: 1
    tier: 1
    tags: [self-hosted]
pools:
  chat:
    strategy: weighted-round-robin
    targets: [openai-1, local]
    health: { breaker: { failures: 5, reset: 60s } }
    retry: { deadline: 1m, firstContent: 30s, idle: 1.5s, total: 1h, connect: 500ms, budget: 0.2 }
  gpt-*:
    strategy: { use: "@acme/strategy-lunar", phase: full }
    targets: [openai-1, { id: sim, provider: simulated, model: m, weight: 1, simulate: { firstToken: 1s, errorRatio: 0.1 } }]
server: { host: 127.0.0.1, port: 9000, maxBodyBytes: 1000, maxConnections: 500, admin: { token: tea } }
log: { level: warn }
`,
      { OPENAI_KEY_1: 'sk-1' },
    );
    expect(errors).toEqual([]);
    expect(warnings).toEqual([]);
    expect(config).toEqual({
      targets: [
        {
          id: 'openai-1',
          provider: 'openai',
          model: 'gpt-5-mini',
          apiKey: 'sk-1',
          weight: 3,
          region: 'us-east',
          limits: { concurrency: 50 },
          quotaGroup: 'org-a',
          cacheDomain: 'cache-a',
          price: { input: 0.25, output: 2, cachedInput: 0.025 },
          capabilities: { contextWindow: 400_000, tools: true, images: false },
        },
        {
          id: 'local',
          provider: 'openai',
          baseUrl: 'http://127.0.0.1:9100/v1',
          model: '*',
          weight: 1,
          tier: 1,
          tags: ['self-hosted'],
        },
        {
          id: 'sim',
          provider: 'simulated',
          model: 'm',
          weight: 1,
          simulate: { firstTokenMs: 1000, errorRatio: 0.1 },
        },
      ],
      pools: [
        {
          name: 'chat',
          accepts: ['chat'],
          strategy: { use: 'weighted-round-robin', options: {} },
          targets: ['openai-1', 'local'],
          health: { breaker: { failures: 5, resetMs: 60_000 } },
          retry: {
            deadlineMs: 60_000,
            firstContentMs: 30_000,
            idleMs: 1500,
            totalMs: 3_600_000,
            connectMs: 500,
            budgetRatio: 0.2,
          },
          fairness: { alertPast: 0.1 },
        },
        {
          name: 'gpt-*',
          accepts: ['gpt-*'],
          strategy: { use: '@acme/strategy-lunar', options: { phase: 'full' } },
          targets: ['openai-1', 'sim'],
          health: { breaker: {} },
          retry: {},
          fairness: { alertPast: 0.1 },
        },
      ],
      server: {
        host: '127.0.0.1',
        port: 9000,
        maxBodyBytes: 1000,
        maxConnections: 500,
        adminToken: 'tea',
        adminHosts: [],
      },
      metrics: { prometheus: true },
      log: { level: 'warn' },
    });
  });

  it('needs nothing but pools, and takes round-robin', () => {
    const { config } = load(poolOf(simulated));
    expect(config?.pools[0]?.strategy).toEqual({ use: 'round-robin', options: {} });
    expect(config?.server).toEqual({
      host: '127.0.0.1',
      port: 8787,
      maxBodyBytes: 33_554_432,
      maxConnections: 10_000,
      adminToken: undefined,
      adminHosts: [],
    });
    expect(config?.log).toEqual({ level: 'info' });
  });

  it('reads JSON', () => {
    const json = JSON.stringify({
      pools: { chat: { targets: [{ id: 'a', provider: 'simulated', model: 'm' }] } },
    });
    expect(load(json).config?.targets).toEqual([{ id: 'a', provider: 'simulated', model: 'm' }]);
  });

  it('follows anchors, aliases and merge keys', () => {
    const { config } = load(`
targets:
  - &first { id: a, provider: simulated, model: m, region: eu }
  - { <<: *first, id: b }
pools:
  chat: { targets: [a, b] }
`);
    expect(config?.targets[1]).toEqual({
      id: 'b',
      provider: 'simulated',
      model: 'm',
      region: 'eu',
    });
  });
});

describe('an error', () => {
  it('says what the file as a whole lacks', () => {
    expect(errors('')).toEqual([
      'plimsoll.yaml:1:1: pools: is missing; it must be a mapping of at least one pool, by name',
    ]);
    expect(errors('- 1')).toEqual(['plimsoll.yaml:1:1: must be a mapping, got a list']);
  });

  it('names the key that was probably meant', () => {
    expect(errors(`${poolOf(simulated)}\nlog: { levle: info }`)).toEqual([
      'plimsoll.yaml:5:8: log.levle: is not a known key (did you mean "level"?); accepted are level',
    ]);
    expect(errors(poolOf('{ id: a, provider: simulated, model: m, wieght: 2 }'))[0]).toMatch(
      /^plimsoll\.yaml:3:45: pools\.chat\.targets\[0\]\.wieght: is not a known key \(did you mean "weight"\?\); accepted are id, /,
    );
  });

  it('names the value that was probably meant, and all that are accepted', () => {
    expect(errors(poolOf('{ id: a, provider: simulatd, model: m }'))).toEqual([
      'plimsoll.yaml:3:24: pools.chat.targets[0].provider: must be openai, groq, mistral, deepseek, openrouter, ' +
        'together, cerebras, azure, vllm, ollama or simulated, got "simulatd" (did you mean "simulated"?)',
    ]);
  });

  it('refuses a negative weight, and one that is no number', () => {
    expect(
      errors(
        poolOf(
          '{ id: a, provider: simulated, model: m, weight: -1 }',
          '{ id: b, provider: simulated, model: m, weight: heavy }',
          '{ id: c, provider: simulated, model: m, weight: .nan }',
        ),
      ),
    ).toEqual([
      'plimsoll.yaml:3:53: pools.chat.targets[0].weight: must be a number >= 0, got -1',
      'plimsoll.yaml:4:53: pools.chat.targets[1].weight: must be a number >= 0, got "heavy"',
      'plimsoll.yaml:5:53: pools.chat.targets[2].weight: must be a number >= 0, got NaN',
    ]);
  });

  it('refuses weights on some targets only, and weights that are all 0', () => {
    expect(
      errors(
        poolOf(
          '{ id: a, provider: simulated, model: m, weight: 1 }',
          '{ id: b, provider: simulated, model: m }',
        ),
      ),
    ).toEqual([
      'plimsoll.yaml:4:5: pools.chat.targets[1].weight: the pool chat has targets with a weight and others without (b): ' +
        'state it for all or for none',
    ]);
    expect(errors(poolOf('{ id: a, provider: simulated, model: m, weight: 0 }'))).toEqual([
      'plimsoll.yaml:2:20: pools.chat.targets: every target has the weight 0, which means standby; one at least must have more',
    ]);
  });

  it('refuses an id that is there twice', () => {
    expect(errors(poolOf(simulated, simulated))).toContain(
      'plimsoll.yaml:4:11: pools.chat.targets[1].id: "a" is the id of another target already; ids are unique in the ' +
        'file, and several pools may name one',
    );
  });

  it('refuses a target that does not exist, and one that is named twice', () => {
    expect(errors(poolOf('{ id: east, provider: simulated, model: m }', 'eest', 'east'))).toEqual([
      'plimsoll.yaml:4:5: pools.chat.targets[1]: names no target: "eest" (did you mean "east"?); the targets are east',
      'plimsoll.yaml:5:5: pools.chat.targets[2]: names the target "east" for the second time',
    ]);
  });

  it('refuses an unknown strategy', () => {
    const text = `pools:\n  chat:\n    strategy: rond-robin\n    targets: [${simulated}]`;
    expect(errors(text)).toEqual([
      'plimsoll.yaml:3:15: pools.chat.strategy: there is no strategy "rond-robin" (did you mean "round-robin"?); ' +
        'accepted are round-robin, weighted-round-robin, random, least-busy, latency, consistent-hash, ' +
        "quota-headroom, tiered, cost, rules, geo, or a package's name such as @acme/strategy-lunar",
    ]);
  });

  it('refuses a hosted provider without a key, and one without the address it needs', () => {
    expect(
      errors(
        poolOf(
          '{ id: a, provider: openai, model: m }',
          '{ id: b, provider: azure, model: m, apiKey: k }',
        ),
      ),
    ).toEqual([
      'plimsoll.yaml:3:5: pools.chat.targets[0].apiKey: is missing; a target of the provider openai needs one, such ' +
        'as ${OPENAI_API_KEY}',
      'plimsoll.yaml:4:5: pools.chat.targets[1].baseUrl: is missing; a target of the provider azure states the address ' +
        'it is reached at',
    ]);
  });

  it('refuses durations, ratios and whole numbers out of range', () => {
    const text = `pools:
  chat:
    retry: { deadline: soon, idle: 0s, total: -4, budget: 2 }
    health: { breaker: { failures: 1.5 } }
    targets: [${simulated}]`;
    const isDuration =
      'must be a duration above 0, such as 500ms, 30s, 5m or 1h, or a number of milliseconds';
    expect(errors(text)).toEqual([
      `plimsoll.yaml:3:24: pools.chat.retry.deadline: ${isDuration}, got "soon"`,
      `plimsoll.yaml:3:36: pools.chat.retry.idle: ${isDuration}, got "0s"`,
      `plimsoll.yaml:3:47: pools.chat.retry.total: ${isDuration}, got -4`,
      'plimsoll.yaml:3:59: pools.chat.retry.budget: must be a number from 0 to 1, got 2',
      'plimsoll.yaml:4:36: pools.chat.health.breaker.failures: must be an integer >= 1, got 1.5',
    ]);
  });

  it('takes a version of the API from targets of Azure only', () => {
    const target = (provider: string): string =>
      poolOf(
        `{ id: a, provider: ${provider}, model: m, apiKey: k, baseUrl: "http://h", apiVersion: 2024-10-21, project: p }`,
      );
    expect(load(target('azure')).config?.targets[0]).toMatchObject({
      apiVersion: '2024-10-21',
      project: 'p',
    });
    expect(errors(target('openai'))).toEqual([
      expect.stringMatching(/apiVersion: is for targets of the provider azure only$/),
    ]);
  });

  it('does not repeat a token of the admin API that is not accepted', () => {
    expect(
      errors(
        `pools: { p: { targets: [${simulated}] } }\nserver: { admin: { token: "two words" } }`,
      ),
    ).toEqual([
      'plimsoll.yaml:2:27: server.admin.token: must be a text of visible ASCII characters, or an empty one for a ' +
        'token made at start, got a value that is not shown',
    ]);
  });

  it('says once that a key is misspelled, not also that the right one is missing', () => {
    expect(errors(`pool: { chat: { targets: [${simulated}] } }`)).toEqual([
      expect.stringMatching(
        /^plimsoll.yaml:1:1: pool: is not a known key \(did you mean "pools"\?\)/,
      ),
    ]);
  });

  it('says what a mapping holds, and what makes a text of a number', () => {
    expect(
      errors(`pools: { p: { queue: 5s, targets: [{ id: 1, provider: simulated, model: m }] } }`),
    ).toEqual([
      'plimsoll.yaml:1:22: pools.p.queue: must be a mapping with maxWait, maxLength, got "5s"',
      "plimsoll.yaml:1:42: pools.p.targets[0].id: must be the target's name, unique in the file, got 1; " +
        "in quotes it is a text: '1'",
    ]);
  });

  it.each([
    ['model_list: []\ngeneral_settings: {}', 'LiteLLM', 'litellm'],
    ['{ "strategy": { "mode": "fallback" }, "targets": [] }', 'Portkey', 'portkey'],
  ])('names the importer of %s', (text, name, kind) => {
    expect(errors(text)).toEqual([
      `plimsoll.yaml:1:1: is a configuration of ${name}; plimsoll import ${kind} FILE makes one of it`,
    ]);
  });

  it('asks about the indentation where that is most likely wrong', () => {
    expect(errors('pools:\n  chat:\n    targets:\n      - a\n     weight: 3')).toEqual([
      expect.stringContaining('is this line indented like those beside it?'),
    ]);
  });

  it('says where the text is no YAML', () => {
    expect(errors('pools:\n\t- a')).toEqual([
      'plimsoll.yaml:2:1: Tabs are not allowed as indentation',
    ]);
    expect(errors('pools: 1\npools: 2')).toEqual(['plimsoll.yaml:2:1: Map keys must be unique']);
    expect(errors('pools: *p')).toEqual([
      'plimsoll.yaml:1:1: an alias (*) has no anchor (&) before it; a text that begins with * must be quoted',
    ]);
  });
});

describe('a reference to the environment', () => {
  const target = (line: string): string =>
    `pools:\n  chat:\n    targets:\n      - id: a\n        provider: openai\n        model: m\n        ${line}`;

  it('is replaced, also inside a longer text and quoted in flow style', () => {
    const { config } = load(
      `pools: { chat: { targets: [{ id: "\${NAME}-1", provider: openai, model: m, apiKey: "\${KEY}", baseUrl: "http://\${HOST:-127.0.0.1}/v1" }] } }`,
      { NAME: 'east', KEY: 'sk-1', HOST: '' },
    );
    expect(config?.targets[0]).toMatchObject({
      id: 'east-1',
      apiKey: 'sk-1',
      baseUrl: 'http://127.0.0.1/v1',
    });
  });

  it('gives a number or a flag where one is wanted, and a text where a text is', () => {
    const { config } = load(
      `${target('apiKey: ${KEY}\n        capabilities: { tools: "${TOOLS}" }')}\nserver:\n  port: \${PORT:-9000}`,
      { KEY: '12345', TOOLS: 'false' },
    );
    expect(config?.server.port).toBe(9000);
    expect(config?.targets[0]).toMatchObject({ apiKey: '12345', capabilities: { tools: false } });
  });

  it('must be set or have a default', () => {
    expect(errors(target('apiKey: ${OPENAI_KEY_1}'))).toEqual([
      'plimsoll.yaml:7:17: pools.chat.targets[0].apiKey: the environment variable OPENAI_KEY_1 is not set; set it, or ' +
        'give a default with ${OPENAI_KEY_1:-default}',
    ]);
  });

  it('is explained where flow style swallows it', () => {
    const expected =
      'inside { } and [ ] a reference to the environment must be quoted, as in "${NAME}": YAML takes its brace for the ' +
      'start of a mapping';
    expect(errors('targets: [{ apiKey: ${KEY} }]')).toEqual([`plimsoll.yaml:1:21: ${expected}`]);
    expect(errors('targets: [${KEY}]')).toEqual([`plimsoll.yaml:1:11: ${expected}`]);
  });

  it('of another form is refused', () => {
    expect(errors(target('apiKey: ${KEY-x}'))).toEqual([
      'plimsoll.yaml:7:17: pools.chat.targets[0].apiKey: ${KEY-x} is no reference to the environment: accepted are ' +
        '${NAME} and ${NAME:-default}',
    ]);
  });

  it('is shown in errors as it was written, never as what it holds', () => {
    const text = `${target('apiKey: ${KEY}')}\nserver:\n  port: \${KEY}`;
    expect(errors(text, { KEY: 'sk-secret' })).toEqual([
      'plimsoll.yaml:9:9: server.port: must be a port, 0 to 65535, got ${KEY}',
    ]);
    expect(errors(target('apiKey: [sk-secret]')).join()).not.toContain('sk-secret');
  });
});

describe('a warning', () => {
  it('tells of a target in no pool', () => {
    const { warnings } = load(
      `targets: [{ id: b, provider: ollama, model: m }]\n${poolOf(simulated)}`,
    );
    expect(warnings.map(formatProblem)).toEqual([
      'plimsoll.yaml:1:11: targets[0]: "b" is in no pool',
    ]);
  });

  it('tells of targets of a pool that share one limit', () => {
    const target = (id: string, more: string): string =>
      `{ id: ${id}, provider: openai, model: m, ${more} }`;
    const { warnings } = load(
      poolOf(
        target('a', 'apiKey: sk-1'),
        target('b', 'apiKey: sk-1'),
        target('c', 'apiKey: sk-1, baseUrl: "http://127.0.0.1/v1"'),
        target('d', 'apiKey: sk-2, quotaGroup: org'),
        target('e', 'apiKey: sk-3, quotaGroup: org'),
      ),
    );
    expect(warnings.map(formatProblem)).toEqual([
      'plimsoll.yaml:4:5: pools.chat.targets[1]: "b" has the API key of "a" and so its limits: it adds no capacity',
      'plimsoll.yaml:7:5: pools.chat.targets[4]: "e" has the quota group org of "d" and so its limits: it adds no capacity',
    ]);
  });
});
