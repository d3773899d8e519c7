import { adapterNamed, failureOf, targetNamed } from '@plimsoll/testkit';
import { describe, expect, it } from 'vitest';

import { kindOf, observed } from './told.ts';

const usage = { inputTokens: 100, outputTokens: 40 };
const common = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'plimsoll.pool': 'chat',
};
const answered = { ...common, 'gen_ai.response.model': 'gpt-5-mini-2025-08-07' };
const model = 'gpt-5-mini-2025-08-07';

describe('the current names', () => {
  it('are those of the conventions, with their kinds and units', async () => {
    const { collector, balancer } = observed();
    const more = { cachedInputTokens: 60, reasoningTokens: 10 };
    balancer.served(20, { isStream: true, usage: { ...usage, ...more } });
    balancer.served(20, { operation: 'embeddings' });
    const told = await collector.metrics();
    const genAi = [...told].filter(([name]) => name.startsWith('gen_ai.'));
    expect(Object.fromEntries(genAi.map(([name, metric]) => [name, kindOf(metric)]))).toEqual({
      'gen_ai.client.inference.duration': 'histogram s',
      'gen_ai.client.operation.duration': 'histogram s',
      'gen_ai.client.inference.time_to_first_chunk': 'histogram s',
      'gen_ai.client.inference.usage.input_tokens': 'monotonic sum {token}',
      'gen_ai.client.inference.usage.output_tokens': 'monotonic sum {token}',
      'gen_ai.client.inference.usage.cache_read.input_tokens': 'monotonic sum {token}',
      'gen_ai.client.inference.usage.reasoning.output_tokens': 'monotonic sum {token}',
    });
  });

  it.each(['gen_ai.client.inference.duration', 'gen_ai.client.inference.time_to_first_chunk'])(
    '%s has buckets from 0.01 to 81.92 s, doubling, the bound included',
    async (name) => {
      const { collector, balancer } = observed();
      for (const ms of [10, 11, 81_920, 90_000]) {
        balancer.served(ms, { isStream: true, firstContentMs: ms });
      }
      const { buckets, sum, count } = (await collector.histograms(name))[0]![1];
      expect(buckets).toEqual({
        boundaries: [
          0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
        ],
        counts: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
      });
      expect([sum, count]).toEqual([171.941, 4]);
    },
  );

  it('tell the operation, the provider and the models', async () => {
    const { collector, balancer } = observed();
    balancer.served(20, { model, usage });
    const [attributes] = (await collector.histograms('gen_ai.client.inference.duration'))[0]!;
    expect(attributes).toEqual(answered);
    expect(await collector.points('gen_ai.client.inference.usage.input_tokens')).toEqual([
      [{ ...answered, 'gen_ai.token.modality': 'unknown' }, 100],
    ]);
  });

  it('add the tokens of requests up, and those of a failed one as 0', async () => {
    const { collector, balancer } = observed();
    balancer.served(20, { usage });
    balancer.served(20, { usage, target: targetNamed('b') });
    balancer.failed(20, { target: targetNamed('a', { model: 'gpt-5' }) });
    const modality = { 'gen_ai.token.modality': 'unknown' };
    expect(await collector.points('gen_ai.client.inference.usage.output_tokens')).toEqual([
      [{ ...common, ...modality }, 80],
      [{ ...common, ...modality, 'gen_ai.request.model': 'gpt-5' }, 0],
    ]);
    expect(await collector.points('gen_ai.client.inference.usage.cache_read.input_tokens')).toEqual(
      [],
    );
  });

  it('tell how long a request that failed took, and the class of the error', async () => {
    const { collector, balancer } = observed();
    balancer.failed(250, { failure: failureOf('overload') });
    balancer.failed(60_000, { failure: undefined, code: 'ERR_PLIMSOLL_DEADLINE' });
    const told = await collector.histograms('gen_ai.client.inference.duration');
    expect(told.map(([attributes, { sum }]) => [attributes, sum])).toEqual([
      [{ ...common, 'error.type': 'overload' }, 0.25],
      [{ ...common, 'error.type': 'ERR_PLIMSOLL_DEADLINE' }, 60],
    ]);
  });

  it('tell the time to the first chunk of streams only', async () => {
    const { collector, balancer } = observed();
    balancer.served(5000);
    balancer.served(5000, { isStream: true, firstContentMs: 300 });
    const told = await collector.histograms('gen_ai.client.inference.time_to_first_chunk');
    expect(told.map(([, { sum, count }]) => [sum, count])).toEqual([[0.3, 1]]);
  });

  it('say nothing of requests for which no attempt was made, and of those that are no operation', async () => {
    const { collector, balancer } = observed();
    balancer.failed(0, { target: undefined, code: 'ERR_PLIMSOLL_CAPACITY' });
    balancer.served(20, { operation: undefined });
    const names = [...(await collector.metrics()).keys()];
    expect(names.filter((name) => name.startsWith('gen_ai.'))).toEqual([]);
  });

  it.each([
    ['responses', 'chat'],
    ['messages', 'chat'],
    ['completions', 'text_completion'],
    ['generate_content', 'generate_content'],
  ])('call the operation %s %s', async (operation, name) => {
    const { collector, balancer } = observed();
    balancer.served(20, { operation });
    const [attributes] = (await collector.histograms('gen_ai.client.inference.duration'))[0]!;
    expect(attributes).toMatchObject({ 'gen_ai.operation.name': name });
  });

  it('count no tokens of an operation that generates nothing', async () => {
    const { collector, balancer } = observed();
    balancer.served(20, { operation: 'embeddings', isStream: true, usage });
    const names = [...(await collector.metrics()).keys()];
    expect(names.filter((name) => name.startsWith('gen_ai.'))).toEqual([
      'gen_ai.client.operation.duration',
    ]);
  });

  it.each([
    ['azure', 'azure.ai.openai'],
    ['mistral', 'mistral_ai'],
    ['groq', 'groq'],
  ])('call the provider %s %s', async (adapter, name) => {
    const { collector, balancer } = observed();
    balancer.served(20, { target: targetNamed('a', { provider: adapterNamed(adapter) }) });
    const [attributes] = (await collector.histograms('gen_ai.client.inference.duration'))[0]!;
    expect(attributes).toMatchObject({ 'gen_ai.provider.name': name });
  });

  it('take the provider of targets without an adapter from the program', async () => {
    const { collector, balancer } = observed({
      providerOf: ({ id }) => (id === 'a' ? 'anthropic' : undefined),
    });
    for (const id of ['a', 'b']) {
      balancer.served(20, { target: targetNamed(id, { provider: undefined }) });
    }
    const told = await collector.histograms('gen_ai.client.inference.duration');
    expect(told.map(([attributes]) => attributes['gen_ai.provider.name'])).toEqual([
      'anthropic',
      'unknown',
    ]);
  });

  it.each([['*'], [undefined]])(
    'tell no model where the caller names it: %s',
    async (targetModel) => {
      const { collector, balancer } = observed();
      const target = targetNamed('a', { model: targetModel });
      for (let time = 0; time < 3; time++)
        balancer.served(20, { target, model: `made-up-${time}` });
      const told = await collector.histograms('gen_ai.client.inference.duration');
      expect(told).toHaveLength(1);
      expect(JSON.stringify(told)).not.toMatch(/model|made-up/);
    },
  );
});

describe('the older names', () => {
  it('are those up to 1.41.0, with their kinds, units and bounds', async () => {
    const { collector, balancer } = observed({ names: 'older' });
    balancer.served(20, { isStream: true, usage });
    balancer.served(20, { operation: 'embeddings' });
    const told = await collector.metrics();
    const genAi = [...told].filter(([name]) => name.startsWith('gen_ai.'));
    expect(Object.fromEntries(genAi.map(([name, metric]) => [name, kindOf(metric)]))).toEqual({
      'gen_ai.client.operation.duration': 'histogram s',
      'gen_ai.client.operation.time_to_first_chunk': 'histogram s',
      'gen_ai.server.time_to_first_token': 'histogram s',
      'gen_ai.client.token.usage': 'histogram {token}',
    });
    const boundsOf = async (name: string) =>
      (await collector.histograms(name))[0]![1].buckets.boundaries;
    expect((await boundsOf('gen_ai.client.operation.duration')).at(-1)).toBe(81.92);
    expect(await boundsOf('gen_ai.server.time_to_first_token')).toEqual([
      0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]);
    expect(await boundsOf('gen_ai.client.token.usage')).toEqual([
      1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
      67_108_864,
    ]);
  });

  it('tell tokens by type, and failures by class', async () => {
    const { collector, balancer } = observed({ names: 'older' });
    balancer.served(20, { usage, model });
    balancer.failed(250);
    const tokens = await collector.histograms('gen_ai.client.token.usage');
    expect(tokens.map(([attributes, { sum }]) => [attributes, sum])).toEqual([
      [{ ...answered, 'gen_ai.token.type': 'input' }, 100],
      [{ ...answered, 'gen_ai.token.type': 'output' }, 40],
    ]);
    const times = await collector.histograms('gen_ai.client.operation.duration');
    expect(times.map(([attributes]) => attributes['error.type'])).toEqual([undefined, 'server']);
  });
});
