import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareBody } from '../src/openai-request.ts';

const chat = '/chat/completions';

function prepare(text: string, model?: string, acceptsStreamOptions = true, path = chat) {
  return prepareBody(
    { dialect: 'openai', path, json: JSON.parse(text), body: Buffer.from(text) },
    model,
    acceptsStreamOptions,
  );
}

describe('prepareBody', () => {
  it('names the model in a form, and leaves all other bytes', () => {
    const given = Buffer.from('--b name="model" chat \xff --b--', 'latin1');
    const modelStart = given.indexOf('chat');
    const form = { contentType: 'multipart/form-data', modelStart, modelEnd: modelStart + 4 };
    const payload = { dialect: 'openai', path: '/audio/transcriptions', body: given, form };
    const sent = (model: string | undefined, named = 'chat'): Buffer =>
      prepareBody({ ...payload, json: { model: named } }, model, true).body;
    expect(sent('whisper-1').toString('latin1')).toBe('--b name="model" whisper-1 \xff --b--');
    expect(sent('*')).toBe(given);
    // The caller named a target behind its model.
    expect(sent('*', 'ch').toString('latin1')).toBe('--b name="model" ch \xff --b--');
  });

  it('puts nothing into an empty body', () => {
    const body = Buffer.alloc(0);
    const path = '/responses/resp_1/cancel';
    expect(prepareBody({ dialect: 'openai', path, json: {}, body }, 'm', true).body).toBe(body);
  });

  it('passes the very bytes through when nothing has to change', () => {
    const body = Buffer.from('{ "model":"m",\n "messages":[] }');
    const json = JSON.parse(body.toString()) as Record<string, unknown>;
    const prepared = prepareBody({ dialect: 'openai', path: chat, json, body }, '*', true);
    expect(prepared.body).toBe(body);
    expect(prepared.hidesUsage).toBe(false);
  });

  it('replaces the model alone and leaves all other bytes', () => {
    expect(
      prepare('{ "seed":12345678901234567890, "model" : "pool" }', 'gpt-5').body.toString(),
    ).toBe('{ "seed":12345678901234567890, "model" : "gpt-5" }');
  });

  it('asks for usage in front of the other fields of a stream', () => {
    const { body, hidesUsage } = prepare('{"model":"m","stream":true}');
    expect(body.toString()).toBe(
      '{"stream_options":{"include_usage":true},"model":"m","stream":true}',
    );
    expect(hidesUsage).toBe(true);
  });

  it('leaves a stream alone whose caller asked for usage', () => {
    const text = '{"model":"m","stream":true,"stream_options":{"include_usage":true}}';
    const { body, hidesUsage } = prepare(text);
    expect(body.toString()).toBe(text);
    expect(hidesUsage).toBe(false);
  });

  it('keeps the other stream options of the caller', () => {
    const { body } = prepare(
      '{"model":"m","stream":true,"stream_options":{"include_usage":false,"include_obfuscation":false}}',
    );
    expect(JSON.parse(body.toString())).toEqual({
      model: 'm',
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    });
  });

  it('takes stream options out for an API that rejects them', () => {
    const { body, hidesUsage } = prepare(
      '{"model":"m","stream":true,"stream_options":{"include_usage":true}}',
      undefined,
      false,
    );
    expect(body.toString()).toBe('{"model":"m","stream":true}');
    expect(hidesUsage).toBe(false);
  });

  it('does not ask the Responses API for usage', () => {
    expect(prepare('{"model":"m","stream":true}', undefined, true, '/responses').hidesUsage).toBe(
      false,
    );
  });

  it('writes the body when there is none', () => {
    const json = { model: 'a', input: 'x' };
    const prepared = prepareBody({ dialect: 'openai', path: '/embeddings', json }, 'b', true);
    expect(prepared.body.toString()).toBe('{"model":"b","input":"x"}');
  });

  it('replaces only the outermost model where a nested one has an escaped twin', () => {
    const text = '{"mod\\u0065l":"a","metadata":{"model":"a"}}';
    expect(JSON.parse(prepare(text, 'b').body.toString())).toEqual({
      model: 'b',
      metadata: { model: 'a' },
    });
  });

  const word = fc.constantFrom(
    'model',
    '"model":',
    'a"model":"a"',
    '\\"model\\"',
    '\\u0065',
    'stream_options',
    '{',
    'é',
    '',
    'a',
  );
  // V8 14.6 (Node 26.10) mixes up keys that begin with a character that has to be escaped: none here does.
  const key = word.filter((text) => !/^[\\"]/.test(text));
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      word,
      fc.constantFrom(null, true, 1.5, 0),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  })).value;

  /** JSON in the spellings a client may choose: spaces, escapes of any character, a key twice. */
  const spelling = fc.record({
    space: fc.constantFrom('', ' ', '\n\t'),
    escapes: fc.boolean(),
    twin: fc.boolean(),
  });

  it('means the same as changing the parsed body, however it is spelled', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { maxKeys: 4 }),
        fc.option(word, { nil: undefined }),
        fc.option(fc.boolean(), { nil: undefined }),
        fc.option(fc.constantFrom(null, {}, { include_usage: false }, { include_usage: true })),
        fc.constantFrom(undefined, '*', 'a', 'b', 'q"\\é'),
        fc.boolean(),
        spelling,
        (fields, callerModel, stream, options, model, accepts, { space, escapes, twin }) => {
          const object: Record<string, unknown> = { ...fields };
          if (callerModel !== undefined) object['model'] = callerModel;
          if (stream !== undefined) object['stream'] = stream;
          if (options !== null) object['stream_options'] = options;
          let text = JSON.stringify(object, null, space);
          // No literal of JSON has an o, so only keys and texts change.
          if (escapes) text = text.replaceAll('o', '\\u006f');
          if (twin && callerModel !== undefined) {
            text = text.replace(/^\{/, '{"model":"first",');
          }
          const json = JSON.parse(text) as Record<string, unknown>;

          const { body, hidesUsage } = prepare(text, model, accepts);

          const expected: Record<string, unknown> = { ...json };
          if (model !== undefined && model !== '*') expected['model'] = model;
          if (hidesUsage) {
            expected['stream_options'] = {
              ...(json['stream_options'] as object | null | undefined),
              include_usage: true,
            };
          }
          if (!accepts) delete expected['stream_options'];
          expect(JSON.parse(body.toString())).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
