import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endAtEdges, endOfJson, usageOf } from '../src/openai-usage.ts';

describe('usageOf', () => {
  it('reads chat completions, cached and reasoning tokens included', () => {
    expect(
      usageOf({
        prompt_tokens: 12,
        completion_tokens: 30,
        prompt_tokens_details: { cached_tokens: 8 },
        completion_tokens_details: { reasoning_tokens: 20 },
      }),
    ).toEqual({ inputTokens: 12, outputTokens: 30, cachedInputTokens: 8, reasoningTokens: 20 });
  });

  it('reads the names of the Responses API', () => {
    expect(
      usageOf({ input_tokens: 1, output_tokens: 2, input_tokens_details: { cached_tokens: 0 } }),
    ).toEqual({
      inputTokens: 1,
      outputTokens: 2,
      cachedInputTokens: 0,
      reasoningTokens: undefined,
    });
  });

  it('counts no output for embeddings', () => {
    expect(usageOf({ prompt_tokens: 5 })).toMatchObject({ inputTokens: 5, outputTokens: 0 });
  });

  it('is undefined where nothing is counted', () => {
    expect(usageOf({ prompt_tokens: -1 })).toBeUndefined();
    expect(usageOf(null)).toBeUndefined();
  });
});

describe('endAtEdges', () => {
  const end = (text: string) => endAtEdges(Buffer.from(text));

  it('reads a chat completion', () => {
    expect(
      end(
        '{"id":"c","model":"gpt-5","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}',
      ),
    ).toMatchObject({ model: 'gpt-5', usage: { inputTokens: 1, outputTokens: 2 } });
  });

  it('is not misled by a text that looks like usage', () => {
    const content = '"usage":{"prompt_tokens":9}}';
    expect(
      end(JSON.stringify({ model: 'm', usage: { prompt_tokens: 3 }, choices: [{ content }] })),
    ).toMatchObject({ model: 'm', usage: { inputTokens: 3 } });
  });

  // Up to a kilobyte it is searched in another way than beyond.
  it.each([0, 50, 500, 5000])('is not sure of one that may be an error: %d bytes more', (bytes) => {
    const padding = 'x"'.repeat(bytes / 2);
    const answer = { model: 'm', a: padding, choices: [], b: padding, usage: { prompt_tokens: 3 } };
    expect(end(JSON.stringify(answer))).toMatchObject({ model: 'm', usage: { inputTokens: 3 } });
    for (const error of [null, {}, 'no']) {
      const { usage, ...rest } = answer;
      expect(end(JSON.stringify({ ...rest, error, usage }))).toBeUndefined();
      expect(end(JSON.stringify({ error, ...rest, usage }))).toBeUndefined();
      expect(end(JSON.stringify({ ...answer, error }))).toBeUndefined();
    }
  });

  it('tells models apart that begin alike', () => {
    for (const model of ['gpt-5', 'gpt-5-mini', 'gpt', 'gpt-5', 'größer']) {
      const text = JSON.stringify({ model, usage: { prompt_tokens: 3 } });
      expect(end(text)!.model).toBe(model);
    }
  });

  it.each([
    ['a nested usage', '{"model":"m","y":{"usage":{"prompt_tokens":9}}}'],
    ['a key that ends like model', '{"x\\"model":"m","usage":{"prompt_tokens":9}}'],
    ['a nested model', '{"x":{"model":"m"},"usage":{"prompt_tokens":9}}'],
    ['no usage', '{"model":"m"}'],
    ['usage that is null', '{"model":"m","usage":null,"x":{"prompt_tokens":1}}'],
    ['no object', '"usage":{"prompt_tokens":1}'],
    ['nothing', ''],
  ])('finds nothing certain in %s', (_, text) => {
    expect(end(text)).toBeUndefined();
  });

  it('finds nothing in an answer that broke off, wherever it did', () => {
    const text = '{"model":"m","usage":{"prompt_tokens":1,"d":{}},"choices":[{"a":"}"}]}';
    for (let length = 0; length < text.length; length++) {
      expect(end(text.slice(0, length))).toBeUndefined();
    }
    expect(end(text)).toBeDefined();
  });

  it('finds what JSON.parse finds, or nothing', () => {
    const word = fc.constantFrom('usage', 'model', '"usage":{', '\\', '"', '}', 'x', '');
    const usage = fc.record({ prompt_tokens: fc.nat(9), completion_tokens: fc.nat(9) });
    // V8 14.6 (Node 26.10) mixes up keys that begin with a character that has to be escaped: none here does.
    const key = word.filter((text) => !/^[\\"]/.test(text));
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        word,
        usage,
        fc.constantFrom(null, 1),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 5 }), (entries) => {
        const text = JSON.stringify(Object.fromEntries([['model', 'm'], ...entries]));
        const found = end(text);
        if (found !== undefined) expect(found).toEqual(endOfJson(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });
});
