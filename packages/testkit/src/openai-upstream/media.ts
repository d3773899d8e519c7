import { Buffer } from 'node:buffer';

import type { UpstreamAnswer } from './answer.ts';
import type { EventStream } from './stream.ts';
import { typedErrorEvent, typedEvent } from './stream.ts';
import { wordsOf } from './words.ts';

/** A picture of one pixel, as PNG. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** Bytes that are no text in any encoding, each part unlike the next. */
export function soundOf({ soundBytes = 4000 }: UpstreamAnswer): Buffer {
  return Buffer.from(Uint8Array.from({ length: soundBytes }, (_, index) => (index * 7) % 256));
}

/** The same sound, as the events of a stream. */
export function soundStream(answer: UpstreamAnswer): EventStream {
  const sound = soundOf(answer);
  const half = Math.ceil(sound.length / 2);
  const parts = [sound.subarray(0, half), sound.subarray(half)];
  return typedStream([
    ...parts.map((part) =>
      typedEvent('content', 'speech.audio.delta', { audio: part.toString('base64') }),
    ),
    typedEvent('finish', 'speech.audio.done', { usage: usageOf(answer) }),
  ]);
}

/** What was heard, as one body: text alone where that is asked for. */
export function transcriptBody(
  form: Readonly<Record<string, string>>,
  answer: UpstreamAnswer,
): unknown {
  const text = answer.text ?? 'Hello from the upstream.';
  return form['response_format'] === 'text' ? `${text}\n` : { text, usage: usageOf(answer) };
}

/** What was heard, word by word. */
export function transcriptStream(answer: UpstreamAnswer): EventStream {
  const text = answer.text ?? 'Hello from the upstream.';
  return typedStream([
    ...wordsOf(text).map((delta) => typedEvent('content', 'transcript.text.delta', { delta })),
    typedEvent('finish', 'transcript.text.done', { text, usage: usageOf(answer) }),
  ]);
}

/** Pictures, as one body. */
export function picturesBody(count: number, answer: UpstreamAnswer, created: number): unknown {
  const data = Array.from({ length: count }, () => ({ b64_json: PICTURE }));
  return { created, data, usage: usageOf(answer) };
}

/** A picture that becomes clearer. */
export function pictureStream(
  kind: 'image_generation' | 'image_edit',
  answer: UpstreamAnswer,
): EventStream {
  const picture = { b64_json: PICTURE };
  return typedStream([
    typedEvent('content', `${kind}.partial_image`, { partial_image_index: 0, ...picture }),
    typedEvent('finish', `${kind}.completed`, { ...picture, usage: usageOf(answer) }),
  ]);
}

/** What is said of texts: nothing against them. */
export function moderationBody(input: unknown, model: unknown, name: string): unknown {
  const count = Array.isArray(input) ? input.length : 1;
  const result = { flagged: false, categories: {}, category_scores: {} };
  return { id: `modr-${name}`, model, results: Array.from({ length: count }, () => result) };
}

function typedStream(events: EventStream['events']): EventStream {
  return { events, errorEvent: typedErrorEvent, hasEndMarker: false };
}

function usageOf({ usage }: UpstreamAnswer): object {
  const { promptTokens, completionTokens } = usage ?? { promptTokens: 5, completionTokens: 7 };
  return {
    type: 'tokens',
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
