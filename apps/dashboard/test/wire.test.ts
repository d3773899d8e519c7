import { describe, expect, test } from 'vitest';
import { curlOf } from '../src/drawer/curl.ts';
import { readAnswer, type Answer } from '../src/drawer/openai-answer.ts';
import { readEventStream, type StreamEvent } from '../src/wire/event-stream.ts';

function bodyOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('event streams', () => {
  const read = (...chunks: string[]): Promise<StreamEvent[]> =>
    allOf(readEventStream(bodyOf(...chunks)));

  test('events may be cut anywhere', async () => {
    expect(await read('event: vi', 'ew\ndata: {"a"', ':1}\n', '\ndata: x\n\n')).toEqual([
      { name: 'view', data: '{"a":1}' },
      { name: 'message', data: 'x' },
    ]);
  });

  test('comments are no events, lines of data are joined, line ends may be those of the protocol', async () => {
    expect(await read(':\n\n: hello\n\nid: 7\r\ndata: a\r\ndata: b\r\n\r\n')).toEqual([
      { name: 'message', data: 'a\nb' },
    ]);
  });

  test('an event that was not finished is none', async () => {
    expect(await read('data: a\n\ndata: b')).toEqual([{ name: 'message', data: 'a' }]);
  });
});

describe('answers', () => {
  const streamed = (...lines: string[]): Promise<Answer[]> =>
    allOf(
      readAnswer(
        new Response(bodyOf(...lines.map((line) => `data: ${line}\n\n`)), {
          headers: { 'content-type': 'text/event-stream; charset=utf-8' },
        }),
      ),
    );

  test('grow as they are streamed', async () => {
    const answers = await streamed(
      '{"choices":[{"delta":{"role":"assistant"}}]}',
      '{"choices":[{"delta":{"content":"He"}}]}',
      '{"choices":[{"delta":{"content":"llo"}}]}',
      '{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}',
      '[DONE]',
    );
    expect(answers.map(({ text }) => text)).toEqual(['', 'He', 'Hello', 'Hello']);
    expect(answers.at(-1)).toEqual({ text: 'Hello', tokensIn: 3, tokensOut: 2 });
  });

  test('that break off say why', async () => {
    await expect(streamed('{"error":{"message":"The target went away."}}')).rejects.toThrow(
      'The target went away.',
    );
  });

  test('may come whole', async () => {
    const body = {
      choices: [{ message: { content: 'Hello' } }],
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    };
    expect(await allOf(readAnswer(Response.json(body)))).toEqual([
      { text: 'Hello', tokensIn: 3, tokensOut: 2 },
    ]);
  });
});

test('a curl line says all that the form says, and keeps quotes from the shell', () => {
  const sent = { model: 'chat', message: "It's", key: 'user 7', region: 'eu', isStream: true };
  expect(curlOf(sent, 'http://127.0.0.1:8787')).toBe(
    [
      String.raw`curl http://127.0.0.1:8787/v1/chat/completions \ `.trimEnd(),
      String.raw`  -H 'content-type: application/json' \ `.trimEnd(),
      String.raw`  -H 'x-plimsoll-key: user 7' \ `.trimEnd(),
      String.raw`  -H 'x-plimsoll-region: eu' \ `.trimEnd(),
      String.raw`  -d '{"model":"chat","messages":[{"role":"user","content":"It'\''s"}],"stream":true,"stream_options":{"include_usage":true}}'`,
    ].join('\n'),
  );
});
