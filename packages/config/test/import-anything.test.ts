import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';

import {
  formatProblem,
  type Imported,
  importLiteLLM,
  importPortkey,
  loadConfig,
} from '../src/index.ts';
import { anyEnvironment } from './any-environment.ts';

// Sources of a plausible shape, in which any value may be missing or of another kind.

const odd = fc.oneof(
  { arbitrary: fc.constant(null), weight: 1 },
  { arbitrary: fc.anything({ maxDepth: 1, maxKeys: 2 }).filter(isJson), weight: 1 },
);
const or = (...usual: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: fc.oneof(...usual), weight: 9 }, { arbitrary: odd, weight: 1 });
const some = (keys: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc.record(keys, { requiredKeys: [] });
const word = fc.constantFrom(
  'a',
  'b',
  'gpt-4',
  '*',
  'x/*',
  'ärger',
  '${HOME}',
  'sk-1',
  'os.environ/KEY',
  '',
);
const amount = fc.constantFrom(0, 1, 2.5, 60, 1000, -1, '7', 1e300, 1e-7);
const address = fc.constantFrom(
  'https://h.example/v1',
  'http://127.0.0.1:1',
  'h.example',
  'os.environ/BASE',
  'os.environ/1',
);

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

const model = fc.constantFrom(
  'gpt-4',
  'openai/gpt-4',
  'openai/*',
  '*',
  'azure/dep',
  'azure/',
  'groq/llama',
  'anthropic/claude',
  'bedrock/x',
  'ollama/llama',
  'who/knows',
  'text-completion-openai/x',
  'gemini/pro',
  'constructor/x',
);

const deployment = some({
  model_name: or(word),
  rpm: or(amount),
  tpm: or(amount),
  litellm_params: or(
    some({
      model: or(model),
      api_key: or(word),
      api_base: or(address),
      api_version: or(fc.constantFrom('2024-10-21', 'a b', 'os.environ/V')),
      organization: or(word),
      weight: or(amount),
      rpm: or(amount),
      order: or(amount),
      tags: or(fc.array(word)),
      region_name: or(word),
      timeout: or(amount),
      stream_timeout: or(amount),
      max_parallel_requests: or(amount),
      input_cost_per_token: or(amount),
      output_cost_per_token: or(amount),
      custom_llm_provider: or(fc.constantFrom('openai', 'toString', 'bedrock')),
      temperature: or(amount),
      frobnicate: odd,
    }),
  ),
  model_info: or(
    some({
      id: or(word),
      max_input_tokens: or(amount),
      supports_vision: or(fc.boolean()),
      mode: or(word),
    }),
  ),
});

const chains = or(fc.array(or(fc.dictionary(word, or(fc.array(word)), { maxKeys: 2 }))));
const settings = or(
  some({
    routing_strategy: or(
      fc.constantFrom(
        'simple-shuffle',
        'least-busy',
        'usage-based-routing-v2',
        'latency-based-routing',
        'cost-based-routing',
        'valueOf',
      ),
    ),
    num_retries: or(amount),
    timeout: or(amount),
    stream_timeout: or(amount),
    request_timeout: or(amount),
    allowed_fails: or(amount),
    cooldown_time: or(amount),
    fallbacks: chains,
    context_window_fallbacks: chains,
    content_policy_fallbacks: chains,
    default_fallbacks: or(fc.array(word)),
    model_group_alias: or(
      fc.dictionary(word, or(word, some({ model: or(word), hidden: or(fc.boolean()) }))),
    ),
    redis_host: or(word),
    redis_port: or(amount),
    redis_password: or(word),
    redis_url: or(fc.constantFrom('redis://h', 'http://h', 'os.environ/R')),
    enable_pre_call_checks: or(fc.boolean()),
    enable_tag_filtering: or(fc.boolean()),
    frobnicate: odd,
  }),
);

const litellm = some({
  model_list: or(fc.array(or(deployment), { maxLength: 6 })),
  router_settings: settings,
  litellm_settings: settings,
  general_settings: or(some({ master_key: or(word), database_url: or(word) })),
});

const comparison = or(
  word,
  some({
    $eq: or(word),
    $ne: or(word),
    $in: or(fc.array(word)),
    $nin: or(fc.array(word)),
    $regex: or(fc.constantFrom('^a', '(')),
    $gt: or(amount),
    $lte: or(amount),
  }),
);
const subject = fc.constantFrom(
  'params.model',
  'metadata.plan',
  'metadata.my-plan',
  'params.max_tokens',
  'params.stream',
  'url.pathname',
  'metadata',
);
const { query, node } = fc.letrec((tie) => ({
  query: or(
    fc.dictionary(subject, comparison, { maxKeys: 2 }),
    fc.record({
      $or: or(fc.array(fc.dictionary(subject, comparison, { maxKeys: 1 }), { maxLength: 2 })),
    }),
    fc.record({ $and: or(fc.array(tie('query'), { maxLength: 2 })) }),
  ),
  node: fc.oneof({ maxDepth: 3, depthSize: 'small' }, tie('leaf'), tie('branch')),
  leaf: some({
    name: or(word),
    provider: or(
      fc.constantFrom(
        'openai',
        'azure-openai',
        'anthropic',
        'bedrock',
        'ollama',
        '@openai-1',
        'constructor',
      ),
    ),
    api_key: or(word),
    virtual_key: or(fc.constantFrom('openai-1', 'who-knows')),
    weight: or(amount),
    custom_host: or(address),
    override_params: or(
      some({ model: or(fc.constantFrom('gpt-4', '@openai/gpt-4', '@x')), max_tokens: or(amount) }),
    ),
    azure_resource_name: or(word),
    azure_api_version: or(word),
    request_timeout: or(amount),
    retry: or(some({ attempts: or(amount), on_status_codes: or(fc.array(amount)) })),
    frobnicate: odd,
  }),
  branch: some({
    name: or(word),
    weight: or(amount),
    strategy: or(
      some({
        mode: or(fc.constantFrom('loadbalance', 'fallback', 'conditional', 'single', 'scientist')),
        // oxlint-disable-next-line unicorn/no-thenable -- a key of Portkey
        conditions: or(fc.array(some({ query: tie('query'), then: or(word) }), { maxLength: 3 })),
        default: or(word),
      }),
    ),
    targets: or(fc.array(or(tie('node')), { maxLength: 3 })),
  }),
}));
void query;

function holds({ yaml, differences }: Imported): void {
  expect(differences.every(({ message }) => message !== '')).toBe(true);
  if (yaml === undefined) {
    expect(differences.at(-1)?.path).toBe('');
    return;
  }
  const { errors } = loadConfig(yaml, { env: anyEnvironment, file: 'imported' });
  expect([yaml, errors.map(formatProblem)]).toEqual([yaml, []]);
}

it('whatever LiteLLM is configured like, the import loads or says why there is none', () => {
  fc.assert(
    fc.property(litellm, (source) => holds(importLiteLLM(stringify(source)))),
    { numRuns: 200 },
  );
});

it('whatever Portkey is configured like, the import loads or says why there is none', () => {
  fc.assert(
    fc.property(node, (source) => holds(importPortkey(JSON.stringify(source)))),
    { numRuns: 200 },
  );
});

it('text that is neither YAML nor JSON throws nothing', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      holds(importLiteLLM(text));
      holds(importPortkey(text));
    }),
  );
});
