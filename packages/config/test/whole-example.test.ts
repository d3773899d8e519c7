import { expect, test } from 'vitest';

import { formatProblem, loadConfig } from '../src/index.ts';

// Every key there is but those that exclude each other, in the words of the documentation.
const text = `
targets:
  - id: openai-1
    provider: openai
    model: gpt-5-mini
    apiKey: \${OPENAI_KEY_1}
    weight: 3
    region: us-east
    limits: { rpm: 500, tpm: 200000, rpd: 10000, concurrency: 50 }
    quotaGroup: org-a
    price: { input: 0.25, output: 2 }
    capabilities: { contextWindow: 400000, tools: true, images: true }
  - id: groq-1
    provider: groq
    model: openai/gpt-oss-120b
    apiKey: \${GROQ_KEY}
    weight: 2
    tier: 1
  - id: local
    provider: openai
    baseUrl: http://127.0.0.1:9100/v1
    model: "*"
    weight: 1
    tags: [self-hosted]
    region: eu-west
quotaGroups:
  org-a: { rpm: 3000, tpm: 2000000, timeZone: UTC }
prices: table
pools:
  chat:
    strategy: weighted-round-robin
    targets: [openai-1, groq-1, local]
    health: { probe: { every: 30s }, breaker: { failures: 5, reset: 60s }, slowStart: 30s }
    retry: { deadline: 60s, firstContent: 30s, idle: 60s, total: 10m, budget: 0.2 }
    hedge: never
    rescue: never
    queue: { maxWait: 10s, maxLength: 1000 }
    residency: [eu]
    fairness: { alertPast: 0.10 }
  sticky:
    strategy: hash
    targets: [openai-1, groq-1, local]
    hash: { key: [header:x-plimsoll-key, user], bound: 1.25 }
    hedge: { after: p95, budget: 0.05 }
    rescue: { holdBack: 400 }
  smart:
    strategy:
      use: rules
      rules:
        - when: "size.tokens > 20000 || request.images > 0"
          use: { use: tiered, within: least-busy }
          targets: [openai-1]
      otherwise: { use: cost }
    targets: [openai-1, groq-1]
clients:
  - { id: team-a, keySha256: "${'a1'.repeat(32)}", tenant: a, pools: [chat], priority: 1, may: [pin, explain, region], budget: { usdPerDay: 50 } }
budgets: { usdPerMonth: 2000 }
server: { host: 127.0.0.1, port: 8787, maxBodyBytes: 33554432, admin: { token: "\${PLIMSOLL_ADMIN_TOKEN:-}" } }
state: { sqlite: ./plimsoll.db }
metrics: { prometheus: true, otlp: { endpoint: http://127.0.0.1:4318 } }
log: { level: info }
`;

test('the whole example loads, and warns only of what it does not mean', () => {
  const env = { OPENAI_KEY_1: 'sk-1', GROQ_KEY: 'gsk-1' };
  const { config, errors, warnings } = loadConfig(text, { env, file: 'f' });
  expect(errors.map(formatProblem)).toEqual([]);
  expect(config?.pools.map(({ name }) => name)).toEqual(['chat', 'sticky', 'smart']);
  expect(warnings.map(formatProblem)).toEqual([
    'f:38:16: pools.chat.residency: these targets lie elsewhere and are never used: openai-1, groq-1',
    'f:56:174: clients[0].budget: does not count targets without a price: local',
    'f:57:10: budgets: does not count targets without a price: local',
  ]);
});
