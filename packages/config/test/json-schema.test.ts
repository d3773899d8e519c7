import { readdirSync, readFileSync } from 'node:fs';

import { Ajv } from 'ajv';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';

import { loadConfig } from '../src/index.ts';
import { configJsonSchema, type JsonSchema } from '../src/json-schema.ts';

const published = new URL('../schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(published, 'utf8')) as JsonSchema;
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
ajv.addFormat('uri', (text: string) => URL.canParse(text));
const isValid = ajv.compile(schema);

const examples = new URL('../../../examples/config/', import.meta.url);
const files = readdirSync(examples).filter((name) => name.endsWith('.yaml'));

test('schema.json is what the sources say: run its build when they changed', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});

describe('every example', () => {
  it.each(files)('%s names a schema that is there, and keeps to it', (name) => {
    const text = readFileSync(new URL(name, examples), 'utf8');
    const [, reference] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? [];
    expect(new URL(reference!, new URL(name, examples)).href).toBe(published.href);
    expect([isValid(parse(text, { merge: true })), isValid.errors]).toEqual([true, null]);
  });
});

/** A configuration with one pool and what is given. */
const withPool = (pool: object, more: object = {}): object => ({
  pools: { p: { targets: [{ id: 'a', provider: 'simulated', model: 'm' }], ...pool } },
  ...more,
});

const right: readonly object[] = [
  withPool({}, { $schema: './schema.json' }),
  withPool({ strategy: 'hash' }),
  withPool({ strategy: '@acme/strategy-lunar' }),
  withPool({ strategy: { use: './lunar.ts', phase: 'full' } }),
  withPool({ strategy: { use: 'tiered', tiers: { 2: { use: 'latency', decay: '5s' } } } }),
  withPool({ strategy: { use: '@plimsoll/strategy-random', weighted: '${WEIGHTED}' } }),
  withPool({ retry: { deadline: '${DEADLINE:-30s}', budget: '${BUDGET:-0.1}' }, hedge: '${H}' }),
  withPool({ health: { slowStart: 'never', probe: { every: 30_000 } } }),
  withPool({}, { state: { redis: '${REDIS}' }, log: { level: '${LEVEL:-info}' } }),
  { pools: { p: { targets: ['a'] } }, targets: [{ id: 'a', provider: '${P}', model: '*' }] },
];

const wrong: readonly object[] = [
  {},
  { pools: { p: {} } },
  { pools: { p: { targets: [] } } },
  withPool({ targets: [{ id: 'a', provider: 'opena', model: 'm' }] }),
  withPool({ targets: [{ id: 'a', provider: 'openai', model: 'm', weight: -1 }] }),
  withPool({ targets: [{ id: 'a', provider: 'openai', model: 'm', weight: 'heavy' }] }),
  withPool({ strategy: 'rond-robin' }),
  withPool({ strategy: 'rules' }),
  withPool({ strategy: { use: 'latency', modus: 'balanced' } }),
  withPool({ strategy: { use: 'tiered', within: { use: 'random', weighted: 'yes' } } }),
  withPool({ strategy: { within: 'random' } }),
  withPool({ retry: { deadline: 'soon' } }),
  withPool({ retries: 3 }),
  withPool({ health: { breaker: { byKind: { gremlins: 3 } } } }),
  withPool({}, { server: { port: 70_000 } }),
  withPool({}, { metrics: { otlp: { endpoint: 'ftp://h' } } }),
  withPool({}, { poolz: {} }),
];

it.each(right)('accepts %j, as the loader does', (config) => {
  expect([isValid(config), isValid.errors]).toEqual([true, null]);
  const env = {
    WEIGHTED: 'false',
    DEADLINE: '',
    H: 'never',
    REDIS: 'redis://h',
    P: 'simulated',
  };
  expect(loadConfig(JSON.stringify(config), { env, file: 'f' }).errors).toEqual([]);
});

it.each(wrong)('refuses %j, as the loader does', (config) => {
  expect(isValid(config)).toBe(false);
  expect(loadConfig(JSON.stringify(config), { env: {}, file: 'f' }).errors).not.toEqual([]);
});

test('every key has a description', () => {
  expect(undescribed(schema, '')).toEqual([]);
});

/** Names of keys that an editor could say nothing of. `use` and the degrees of places say enough themselves. */
function undescribed(json: unknown, path: string): string[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, inner]) => {
    if (key === 'examples' || key === 'default') return [];
    if (key !== 'properties') return undescribed(inner, `${path}/${key}`);
    return Object.entries(inner as Record<string, JsonSchema>).flatMap(([name, property]) => [
      ...(property['description'] === undefined && !['use', 'latitude', 'longitude'].includes(name)
        ? [`${path}/${name}`]
        : []),
      ...undescribed(property, `${path}/${name}`),
    ]);
  });
}
