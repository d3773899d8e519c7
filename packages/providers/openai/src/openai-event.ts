import type { WireChoice, WireDelta } from './openai-wire.ts';

/** The fields of one server-sent event. */
export interface EventFields {
  /** Its `data` lines, joined; `undefined` where there is none: a comment, or a bare name. */
  readonly data: string | undefined;
  readonly name: string;
  /** Where the data stands in the buffer; equal where it is spread over several lines. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;

/**
 * Reads the event in `buffer` from `start` to `end`, which includes its blank line. As in the HTML standard, 9.2.6:
 * lines end in `\n`, `\r\n` or `\r`, and one space after the colon is no part of the value.
 */
export function readFields(buffer: Buffer, start: number, end: number): EventFields {
  let data: string | undefined;
  let name = '';
  let dataStart = 0;
  let dataEnd = 0;
  for (let at = start; at < end; at++) {
    const lineStart = at;
    let colon = -1;
    for (; at < end; at++) {
      const byte = buffer[at];
      if (byte === NEWLINE || byte === RETURN) break;
      if (byte === COLON && colon < 0) colon = at;
    }
    if (at === lineStart) continue;
    let valueStart = colon < 0 ? at : colon + 1;
    if (buffer[valueStart] === SPACE && valueStart < at) valueStart++;
    const field = buffer.toString('latin1', lineStart, colon < 0 ? at : colon);
    if (field === 'data') {
      const line = buffer.toString('utf8', valueStart, at);
      if (data === undefined) {
        data = line;
        dataStart = valueStart;
        dataEnd = at;
      } else {
        data += `\n${line}`;
        dataEnd = dataStart;
      }
    } else if (field === 'event') {
      name = buffer.toString('utf8', valueStart, at);
    }
  }
  return { data, name, dataStart, dataEnd };
}

/** The fields of each event in `buffer`, which has whole events only. */
export function* eventsOf(bytes: Uint8Array): Generator<EventFields> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let start = 0;
  let isLineEmpty = true;
  for (let at = 0; at < buffer.length; at++) {
    const byte = buffer[at];
    if (byte !== NEWLINE && byte !== RETURN) {
      isLineEmpty = false;
      continue;
    }
    if (byte === RETURN && buffer[at + 1] === NEWLINE) at++;
    if (isLineEmpty) {
      yield readFields(buffer, start, at + 1);
      start = at + 1;
    }
    isLineEmpty = true;
  }
}

/** What a delta says besides text, and besides what comes before the text: who speaks, and the reasoning. */
export function withoutText(delta: WireDelta | null | undefined): WireDelta {
  const rest: Record<string, unknown> = { ...delta };
  for (const name of ['role', 'content', 'reasoning', 'reasoning_content']) delete rest[name];
  return rest;
}

/** Whether a reader sees something of this choice: text, reasoning, a refusal, audio, a tool call. */
export function choiceHasContent(choice: WireChoice): boolean {
  if (isFilled(choice.text)) return true;
  const delta: WireDelta | null | undefined = choice.delta;
  if (typeof delta !== 'object' || delta === null) return false;
  return (
    isFilled(delta.content) ||
    isFilled(delta.reasoning_content) ||
    isFilled(delta.reasoning) ||
    isFilled(delta.refusal) ||
    isFilled(delta.tool_calls) ||
    isFilled(delta.audio) ||
    isFilled(delta.function_call)
  );
}

/** A string or list that is not empty, or an object. */
function isFilled(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null;
}

/**
 * Whether an event that is no JSON may have been a part of the answer: it names a field that such events have. What
 * names none is noise, and nothing is lost with it.
 */
export function mayBeAnswer(data: string): boolean {
  return /"(?:id|object|choices|delta|text|type)"/.test(data);
}
