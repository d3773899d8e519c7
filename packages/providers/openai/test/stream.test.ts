import { readFileSync } from 'node:fs';
import { ChunkKind } from '@plimsoll/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StreamListener, StreamScanner } from '../src/openai-stream.ts';

/** Keeps what a scanner tells. */
class Recorder implements StreamListener {
  readonly pieces: [text: string, kind: ChunkKind][] = [];
  end: unknown;

  onBytes(bytes: Buffer, kind: ChunkKind): void {
    this.pieces.push([bytes.toString('latin1'), kind]);
  }
  onComplete(): void {
    this.end = 'complete';
  }
  onErrorEvent(error: unknown): void {
    this.end = { error };
  }
  onBroken(reason: string): void {
    this.end = { reason };
  }

  get text(): string {
    return this.pieces.map(([text]) => text).join('');
  }
}

interface Scan {
  readonly isReplay?: boolean;
  readonly choices?: number;
  readonly hidesUsage?: boolean;
  /** Where the bytes are cut. */
  readonly cuts?: readonly number[];
}

function scan(stream: string | Buffer, options: Scan = {}) {
  const { choices = 1, hidesUsage = false, isReplay = false, cuts = [] } = options;
  const recorder = new Recorder();
  const scanner = new StreamScanner(recorder, choices, hidesUsage, isReplay);
  const bytes = Buffer.from(stream as string);
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    if (cut > from && cut < bytes.length) {
      scanner.push(bytes.subarray(from, cut));
      from = cut;
    }
  }
  scanner.push(bytes.subarray(from));
  scanner.end();
  return { recorder, scanner };
}

/**
 * All bytes came. Line ends are compared as what they mean: the `\n` of a `\r\n` is not waited for where it would be the
 * last thing to come.
 */
function expectAllOf(bytes: string, { text }: Recorder): void {
  const lines = (of: string) => of.replaceAll(/\r\n?/g, '\n').trimEnd();
  expect(lines(text)).toBe(lines(bytes));
  expect(text).toMatch(/[\r\n]$/);
}

const event = (json: unknown): string => `data: ${JSON.stringify(json)}\n\n`;
const chunk = (delta: object, finish: string | null = null, index = 0): string =>
  event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-5-mini',
    choices: [{ index, delta, finish_reason: finish }],
  });
const usage = event({
  id: 'chatcmpl-1',
  choices: [],
  usage: { prompt_tokens: 3, completion_tokens: 2 },
});
const done = 'data: [DONE]\n\n';
const hello = chunk({ content: 'Hello' }) + chunk({}, 'stop');

/** The kind of a stream's first piece. */
function kindOf(stream: string): ChunkKind | undefined {
  return scan(stream).recorder.pieces[0]?.[1];
}

describe('what an event is', () => {
  it.each([
    ['a comment', ': OPENROUTER PROCESSING\n\n', ChunkKind.filler],
    ['a ping', 'event: ping\n\n', ChunkKind.filler],
    ['empty data', 'data:\n\n', ChunkKind.filler],
    ['a role', chunk({ role: 'assistant', content: '' }), ChunkKind.event],
    ['a role without content', chunk({ role: 'assistant', content: null }), ChunkKind.event],
    ['no choices', event({ choices: [], prompt_filter_results: [] }), ChunkKind.event],
    ['a finish reason', chunk({}, 'stop'), ChunkKind.event],
    ['text', chunk({ content: 'a' }), ChunkKind.content],
    ['text in parts', chunk({ content: [{ type: 'thinking' }] }), ChunkKind.content],
    ['reasoning', chunk({ reasoning_content: 'a' }), ChunkKind.content],
    ['reasoning by its other name', chunk({ reasoning: 'a' }), ChunkKind.content],
    ['a refusal', chunk({ refusal: 'a' }), ChunkKind.content],
    ['audio', chunk({ audio: { id: 'a' } }), ChunkKind.content],
    ['a tool call', chunk({ tool_calls: [{ index: 0, id: 'c' }] }), ChunkKind.content],
    ['no tool calls', chunk({ tool_calls: [] }), ChunkKind.event],
    ['a function call', chunk({ function_call: { name: 'f' } }), ChunkKind.content],
    ['a text completion', event({ choices: [{ index: 0, text: 'a' }] }), ChunkKind.content],
    [
      'a response text',
      event({ type: 'response.output_text.delta', delta: 'a' }),
      ChunkKind.content,
    ],
    ['a response begun', event({ type: 'response.created', response: {} }), ChunkKind.event],
    ['a response queued', event({ type: 'response.queued', response: {} }), ChunkKind.event],
    [
      'a response under way',
      event({ type: 'response.in_progress', response: {} }),
      ChunkKind.event,
    ],
    ['an item begun', event({ type: 'response.output_item.added', item: {} }), ChunkKind.event],
    ['no response text', event({ type: 'response.output_text.delta', delta: '' }), ChunkKind.event],
    ...[
      'response.function_call_arguments.delta',
      'response.reasoning_summary_text.delta',
      'response.reasoning_text.delta',
      'response.refusal.delta',
      'response.mcp_call_arguments.delta',
      'response.code_interpreter_call_code.delta',
      'response.audio.delta',
      'transcript.text.delta',
    ].map((type): [string, string, ChunkKind] => [
      type,
      event({ type, delta: 'a' }),
      ChunkKind.content,
    ]),
    [
      'a response image',
      event({ type: 'response.image_generation_call.partial_image' }),
      ChunkKind.content,
    ],
    ['speech', event({ type: 'speech.audio.delta', audio: 'AA==' }), ChunkKind.content],
    ['a segment', event({ type: 'transcript.text.segment', text: 'a' }), ChunkKind.content],
    ['an image', event({ type: 'image_edit.partial_image', b64_json: 'A' }), ChunkKind.content],
  ])('%s', (_, stream, kind) => {
    expect(kindOf(stream)).toBe(kind);
  });

  it('is the most telling one of those that arrive together', () => {
    expect(kindOf(`: ping\n\n${chunk({ role: 'assistant' })}${chunk({ content: 'a' })}`)).toBe(
      ChunkKind.content,
    );
  });
});

describe('when an answer is complete', () => {
  it('is at the end marker', () => {
    const { recorder, scanner } = scan(hello + done);
    expect(recorder.end).toBe('complete');
    expect(recorder.text).toBe(hello + done);
    expect(scanner.model).toBe('gpt-5-mini');
  });

  it('supplies an end marker that is missing', () => {
    const { recorder } = scan(hello);
    expect(recorder.end).toBe('complete');
    expect(recorder.text).toBe(hello + done);
  });

  it('ends at the final usage without waiting for the end marker', () => {
    const recorder = new Recorder();
    const scanner = new StreamScanner(recorder, 1, false);
    scanner.push(Buffer.from(hello));
    expect(recorder.end).toBeUndefined();
    scanner.push(Buffer.from(usage));
    expect(recorder.end).toBe('complete');
    expect(recorder.text).toBe(hello + usage + done);
    scanner.push(Buffer.from(done));
    scanner.end();
    expect(recorder.text).toBe(hello + usage + done);
  });

  it('takes a last event that lacks its blank line', () => {
    const { recorder } = scan(hello + done.trimEnd());
    expect(recorder.end).toBe('complete');
    expect(recorder.text).toBe(hello + done);
  });

  it('needs the finish reason of every choice that was asked for', () => {
    const two = hello + chunk({ content: 'b' }, null, 1);
    expect(scan(two + done).recorder.end).toEqual({
      reason: 'the end marker came before every choice had its finish_reason',
    });
    expect(scan(two + chunk({}, 'stop', 1)).recorder.end).toBe('complete');
    expect(scan(hello, { choices: 2 }).recorder.end).toEqual({
      reason: 'the stream ended before every choice had its finish_reason',
    });
    expect(scan(chunk({}, 'stop', 1), { choices: 2 }).recorder.end).toEqual({
      reason: 'the stream ended before every choice had its finish_reason',
    });
  });

  it('accepts fewer choices than asked for where the end marker says so', () => {
    expect(scan(hello + done, { choices: 2 }).recorder.end).toBe('complete');
  });

  it('is not with an empty finish reason', () => {
    expect(scan(chunk({ content: 'a' }, '')).recorder.end).toHaveProperty('reason');
  });

  it('is not when nothing was answered', () => {
    expect(scan(done).recorder.end).toHaveProperty('reason');
    expect(scan('').recorder.end).toHaveProperty('reason');
  });

  it.each(['response.completed', 'response.incomplete'])('is at %s', (type) => {
    const stream = event({
      type,
      response: { model: 'gpt-5', usage: { input_tokens: 1, output_tokens: 2 } },
    });
    const { recorder, scanner } = scan(stream);
    expect(recorder.end).toBe('complete');
    expect(recorder.text).toBe(stream);
    expect(scanner.usage).toMatchObject({ inputTokens: 1, outputTokens: 2 });
    expect(scanner.model).toBe('gpt-5');
  });

  it.each([
    'transcript.text.done',
    'speech.audio.done',
    'image_generation.completed',
    'image_edit.completed',
  ])('is after %s, when the body ends', (type) => {
    const stream = event({ type, usage: { input_tokens: 1, output_tokens: 2 } });
    for (const marker of ['', done]) {
      const { recorder, scanner } = scan(stream + stream + marker);
      expect(recorder.end).toBe('complete');
      // No marker is supplied: these streams have none.
      expect(recorder.text).toBe(stream + stream + marker);
      expect(scanner.usage).toMatchObject({ inputTokens: 1, outputTokens: 2 });
    }
  });

  it.each(['response.output_text.delta', 'transcript.text.delta', 'speech.audio.delta'])(
    'is not after %s',
    (type) => {
      const stream = event({ type, delta: 'a' });
      expect(scan(stream).recorder.end).toEqual({
        reason: 'the stream ended before its last event',
      });
      expect(scan(stream + done).recorder.end).toHaveProperty('reason');
    },
  );

  it('is at the failure of a response that is only told again', () => {
    const stream = event({ type: 'response.failed', response: { error: 1 } });
    const { recorder } = scan(stream, { isReplay: true });
    expect(recorder.end).toBe('complete');
    expect(recorder.text).toBe(stream);
  });
});

describe('what is kept from the caller', () => {
  it('is the usage that was asked for in its place', () => {
    const { recorder, scanner } = scan(hello + usage + done, { hidesUsage: true });
    expect(recorder.text).toBe(hello + done);
    expect(scanner.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
  });

  it('is not a usage that comes with choices', () => {
    const last = event({
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    });
    const { recorder, scanner } = scan(last + done, { hidesUsage: true });
    expect(recorder.text).toBe(last + done);
    expect(scanner.usage).toMatchObject({ inputTokens: 1, outputTokens: 1 });
  });

  it('is what is no JSON and never was a part of the answer', () => {
    const { recorder } = scan(`data: {nonsense\n\n${hello}data: 5\n\n${done}`);
    expect(recorder.text).toBe(hello + done);
    expect(recorder.end).toBe('complete');
  });

  it('is a malformed event after everything was said', () => {
    expect(scan(`${hello}data: {"id":"chatcm\n\n${done}`).recorder.text).toBe(hello + done);
  });
});

describe('what ends an answer badly', () => {
  it('is a malformed event that may have been a part of it', () => {
    const first = chunk({ content: 'a' });
    const { recorder, scanner } = scan(`${first}data: {"id":"chatcmpl-1","choi\n\n${hello}`);
    expect(recorder.end).toEqual({ reason: 'an event is malformed' });
    expect(recorder.text).toBe(first);
    expect(scanner.hasContent).toBe(true);
  });

  it('is a body that ends in the middle of an event', () => {
    const { recorder } = scan(chunk({ content: 'a' }) + chunk({ content: 'b' }).slice(0, 60));
    expect(recorder.end).toEqual({ reason: 'an event is malformed' });
  });

  it.each([
    ['an error field', event({ error: { code: 502 } }), { code: 502 }],
    [
      'an error beside choices',
      event({
        choices: [{ delta: { content: '' }, finish_reason: 'error' }],
        error: { code: 'x' },
      }),
      { code: 'x' },
    ],
    ['an event named error', 'event: error\ndata: {"message":"m"}\n\n', { message: 'm' }],
    ['an error object', event({ object: 'error', code: 1 }), { object: 'error', code: 1 }],
    ['an error type', event({ type: 'error', code: 'x' }), { type: 'error', code: 'x' }],
    ['a failed response', event({ type: 'response.failed', response: { error: 1 } }), 1],
  ])('is %s', (_, stream, error) => {
    const before = chunk({ content: 'a' });
    const { recorder } = scan(before + stream + hello);
    expect(recorder.end).toEqual({ error });
    expect(recorder.text).toBe(before);
  });

  it.each(['error', 'interrupted'])('is the finish reason %s', (reason) => {
    expect(scan(chunk({}, reason)).recorder.end).toEqual({
      reason: `a choice ended with finish_reason ${reason}`,
    });
  });

  it('is not an error that is null', () => {
    expect(scan(event({ error: null, choices: [] }) + hello).recorder.end).toBe('complete');
  });
});

describe.each(['\n', '\r\n'])('the stream of an API, with %j as line ends', (newline) => {
  it.each([
    ['openai-chat.sse', 1, { inputTokens: 14, outputTokens: 5 }],
    ['openai-tools.sse', 1, undefined],
    ['openai-two-choices.sse', 2, undefined],
    ['openai-responses.sse', 1, { inputTokens: 11, outputTokens: 3 }],
    ['deepseek-reasoning.sse', 1, { inputTokens: 9, outputTokens: 4, reasoningTokens: 2 }],
    ['openrouter-comments.sse', 1, { inputTokens: 8, outputTokens: 2 }],
    ['mistral-last-usage.sse', 1, { inputTokens: 6, outputTokens: 2 }],
  ])('%s passes byte for byte, cut anywhere', (file, choices, expected) => {
    const recorded = readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8');
    const bytes = Buffer.from(recorded.replaceAll('\n', newline));
    for (let cut = 0; cut < bytes.length; cut++) {
      const { recorder, scanner } = scan(bytes, { choices, cuts: [cut] });
      expect(recorder.end).toBe('complete');
      expectAllOf(bytes.toString('latin1'), recorder);
      if (expected === undefined) expect(scanner.usage).toBeUndefined();
      else expect(scanner.usage).toMatchObject(expected);
    }
  });
});

describe('any stream, cut anywhere', () => {
  // Texts that look like what the scanner looks for.
  const text = fc.oneof(
    fc.constantFrom(
      '"}}],"finish_reason":"stop"',
      '\\"finish_reason\\":\\"stop\\"',
      'data: [DONE]\n\n',
      '{"error":{"code":"x"}}',
      '"error"',
      '\r\n\r\n',
      '\\',
      '\\u',
      '"',
      '',
      'event: error',
      '"usage":{"prompt_tokens":1},"choices":[]',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const field = fc.constantFrom(
    'content',
    'reasoning_content',
    'reasoning',
    'refusal',
    'text',
    'other',
  );
  const delta = fc.dictionary(field, text, { maxKeys: 3 });

  interface Piece {
    readonly body: string;
    readonly kind: ChunkKind;
    readonly passes: boolean;
  }
  const contentFields = ['content', 'reasoning_content', 'reasoning', 'refusal'];

  const chat = fc
    .record({
      delta,
      extra: fc.dictionary(fc.constantFrom('obfuscation', 'text', 'x'), text, { maxKeys: 2 }),
      index: fc.constantFrom(0, 0, 0, 1),
      created: fc.constantFrom(1, 22),
    })
    .map(({ delta, extra, index, created }): Piece => {
      const choices = [{ index, delta, finish_reason: null }];
      const json = { id: 'c', created, choices, ...extra };
      const isContent = contentFields.some((name) => (delta[name] ?? '') !== '');
      return {
        body: `data: ${JSON.stringify(json)}`,
        kind: isContent ? ChunkKind.content : ChunkKind.event,
        passes: true,
      };
    });
  const comment = text.map((value): Piece => ({
    body: `:${value.replaceAll(/[\r\n]/g, '')}`,
    kind: ChunkKind.filler,
    passes: true,
  }));
  const multiLine = chat.map((piece): Piece => ({
    ...piece,
    body: piece.body.replace('"choices"', '\ndata: "choices"'),
  }));
  const noise = fc
    .constantFrom('{', 'nonsense', '{"error":', '5', '[DONE')
    .map((value): Piece => ({ body: `data: ${value}`, kind: ChunkKind.filler, passes: false }));
  const hidden = fc.nat(9).map((tokens): Piece => ({
    body: `data: {"choices":[],"usage":{"prompt_tokens":${tokens}}}`,
    kind: ChunkKind.event,
    passes: false,
  }));
  const piece = fc.oneof({ weight: 6, arbitrary: chat }, comment, multiLine, noise, hidden);
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

  it('passes all bytes but those of hidden and malformed events, in whole events', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        lineEnd,
        fc.boolean(),
        fc.array(fc.nat(2000), { maxLength: 40 }),
        (pieces, newline, hasMark, cuts) => {
          const finish: Piece[] = [0, 1].map((index) => ({
            body: `data: {"choices":[{"index":${index},"delta":{},"finish_reason":"stop"}]}`,
            kind: ChunkKind.event,
            passes: true,
          }));
          const end: Piece = { body: 'data: [DONE]', kind: ChunkKind.event, passes: true };
          const all = [...pieces, ...finish, end];
          const texts = all.map(
            ({ body }, index) =>
              (hasMark && index === 0 ? '\ufeff' : '') +
              body.replaceAll('\n', newline) +
              newline +
              newline,
          );
          const { recorder, scanner } = scan(texts.join(''), {
            choices: 2,
            hidesUsage: true,
            cuts,
          });

          const passed = texts.filter((_, index) => all[index]!.passes);
          const latin1 = passed.map((text) => Buffer.from(text).toString('latin1'));
          expectAllOf(latin1.join(''), recorder);
          expect(recorder.end).toBe('complete');

          // Each piece ends where an event ends, and is as telling as the events in it.
          const kinds = all.filter((item) => item.passes).map((item) => item.kind);
          let next = 0;
          let owesNewline = false;
          for (const [bytes, kind] of recorder.pieces) {
            let rest: string = owesNewline && bytes.startsWith('\n') ? bytes.slice(1) : bytes;
            owesNewline = false;
            let most: ChunkKind = ChunkKind.filler;
            while (rest !== '') {
              // The second half of the last line end may come with the next piece.
              owesNewline = latin1[next] === `${rest}\n` && rest.endsWith('\r');
              expect(owesNewline || rest.startsWith(latin1[next]!)).toBe(true);
              rest = rest.slice(latin1[next]!.length);
              if (kinds[next]! > most) most = kinds[next]!;
              next++;
            }
            expect(kind).toBe(most);
          }
          expect(scanner.hasContent).toBe(kinds.includes(ChunkKind.content));
        },
      ),
      { numRuns: 500 },
    );
  });
});
