import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it, test } from 'vitest';

import {
  formatDifference,
  formatProblem,
  importLiteLLM,
  importPortkey,
  loadConfig,
} from '../src/index.ts';
import { anyEnvironment } from './any-environment.ts';

/** What the fixtures are after: facts of published configurations, typed anew and shortened. */
const sources: Readonly<Record<string, string>> = {
  'conditional.json':
    'https://github.com/Portkey-AI/gateway/blob/main/cookbook/integrations/vercel/app/examples/generate-text/conditional-routing.ts',
  'fallback.json':
    'https://github.com/Portkey-AI/gateway/blob/main/cookbook/integrations/vercel/app/examples/generate-text/fallback.ts',
  'load-balance.json':
    'https://github.com/Portkey-AI/gateway/blob/main/cookbook/integrations/vercel/app/examples/generate-text/load-balance.ts',
  'guardrails.json':
    'https://github.com/Portkey-AI/gateway/blob/main/cookbook/integrations/vercel/app/examples/generate-text/guardrails.ts',
  'resilient.json':
    'https://github.com/Portkey-AI/gateway/blob/main/cookbook/getting-started/resilient-loadbalancing-with-failure-mitigating-fallbacks.md',
  'stored.json':
    'https://portkey.ai/docs/api-reference/admin-api/control-plane/configs/retrieve-config',
  'by-model.json': 'https://portkey.ai/docs/guides/use-cases/combining-routing-strategies',
  'fallback-conditional.json':
    'https://portkey.ai/docs/guides/use-cases/combining-routing-strategies',
  'complete.json': 'https://www.mintlify.com/portkey-AI/gateway/concepts/configs',
};

const folder = new URL('fixtures/import/', import.meta.url);

function fixtures(kind: string): string[] {
  return readdirSync(new URL(`${kind}/`, folder)).filter((name) =>
    /^[\w-]+\.(?:yaml|json)$/.test(name),
  );
}

describe.each([
  ['litellm', importLiteLLM],
  ['portkey', importPortkey],
] as const)('%s', (kind, importConfig) => {
  it.each(fixtures(kind))(
    '%s becomes a configuration that is right, and a list of differences',
    async (name) => {
      const text = readFileSync(new URL(`${kind}/${name}`, folder), 'utf8');
      expect(text.startsWith('# After https:') || sources[name]).toBeTruthy();
      const { yaml, differences } = importConfig(text);
      const stem = new URL(`expected/${kind}/${name.replace(/\.\w+$/, '')}`, folder).pathname;
      await expect(yaml).toMatchFileSnapshot(`${stem}.yaml`);
      await expect(`${differences.map(formatDifference).join('\n')}\n`).toMatchFileSnapshot(
        `${stem}.txt`,
      );
      const { errors } = loadConfig(yaml!, { env: anyEnvironment, file: name });
      expect(errors.map(formatProblem)).toEqual([]);
    },
  );
});

test.each([
  ['LiteLLM', importLiteLLM, '[1, 2]', 'The source is no mapping with model_list.'],
  ['LiteLLM', importLiteLLM, 'a: b: c', 'The source is no YAML: '],
  ['LiteLLM', importLiteLLM, 'model_list: []', 'Nothing of the source could be taken over'],
  ['Portkey', importPortkey, '[]', 'The source is no object with targets, or with a provider.'],
  ['Portkey', importPortkey, '{', 'The source is no JSON: '],
  [
    'Portkey',
    importPortkey,
    '{"provider": "bedrock"}',
    'Nothing of the source could be taken over',
  ],
])('%s: nothing comes of %3$s', (_name, importConfig, text, message) => {
  const { yaml, differences } = importConfig(text);
  expect(yaml).toBeUndefined();
  expect(differences.at(-1)).toEqual({ path: '', message: expect.stringContaining(message) });
});

test('no key of a source is in a difference', () => {
  const { differences } = importLiteLLM(
    'model_list: [{ model_name: m, litellm_params: { model: gpt-5, api_key: "sk planted" } }]\n' +
      'general_settings: { master_key: sk-planted, database_url: "postgres://planted" }\n' +
      'router_settings: { redis_url: "http://:planted@h" }',
  );
  expect(differences.length).toBeGreaterThan(3);
  expect(JSON.stringify(differences)).not.toContain('planted');
});

test('a text that looks like a reference of ours is kept as it is', () => {
  const { yaml } = importLiteLLM(
    'model_list: [{ model_name: m, litellm_params: { model: gpt-5, api_key: "sk-${HOME}" } }]',
  );
  const { config } = loadConfig(yaml!, { env: { HOME: '/root' }, file: 'f' });
  expect(config?.targets[0]?.apiKey).toBe('sk-${HOME}');
});
