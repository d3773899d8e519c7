import type { AttemptEnd, Usage } from '@plimsoll/core';
import type { WireUsage } from './openai-wire.ts';

/** Usage as core counts it; `undefined` where `wire` has no token count. */
export function usageOf(wire: WireUsage | null | undefined): Usage | undefined {
  if (typeof wire !== 'object' || wire === null) return undefined;
  const inputTokens = count(wire.prompt_tokens) ?? count(wire.input_tokens);
  // Embeddings have no completion tokens.
  const outputTokens = count(wire.completion_tokens) ?? count(wire.output_tokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cachedInputTokens:
      count((wire.prompt_tokens_details ?? wire.input_tokens_details)?.cached_tokens) ??
      count(wire.prompt_cache_hit_tokens),
    reasoningTokens: count(
      (wire.completion_tokens_details ?? wire.output_tokens_details)?.reasoning_tokens,
    ),
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Usage and model of an answer that was parsed. */
export function endOfJson(json: unknown): AttemptEnd {
  if (typeof json !== 'object' || json === null) return {};
  const { usage, model } = json as { usage?: WireUsage | null; model?: unknown };
  return { usage: usageOf(usage), model: typeof model === 'string' ? model : undefined };
}

/**
 * Usage and model of a whole JSON answer, read where they usually stand: one near its end, one near its beginning. An
 * answer of embeddings can be megabytes of numbers, none of which has to be parsed for this.
 *
 * A small answer is looked through byte by byte: there, calls into Node cost more than the loops.
 *
 * @returns `undefined` where either cannot be found with certainty, where the answer may be an error, and always for the
 * beginning of an answer that broke off: the outermost object is seen to end.
 */
export function endAtEdges(body: Buffer): AttemptEnd | undefined {
  const model = modelAtHead(body);
  if (model === undefined || mentionsError(body)) return undefined;
  const usage = usageOf(usageAtTail(body));
  return usage === undefined ? undefined : { usage, model };
}

/**
 * The value of the outermost object's last `usage`. In valid JSON the bytes `"usage":` outside a string are a key (inside
 * one the quotes are escaped), and a key is the outermost object's if from there to the end exactly one more brace closes
 * than opens.
 */
function usageAtTail(body: Buffer): WireUsage | undefined {
  const key = lastUsage(body);
  if (key <= 0 || body[key - 1] === BACKSLASH) return undefined;
  const start = key + USAGE.length;
  let depth = 0;
  let valueEnd = -1;
  for (let at = start; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = stringEnd(body, at + 1);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0 && valueEnd < 0) valueEnd = at + 1;
    }
  }
  if (depth !== -1 || valueEnd < 0) return undefined;
  try {
    return JSON.parse(body.toString('latin1', start, valueEnd)) as WireUsage;
  } catch {
    return undefined;
  }
}

/** Where the last `"usage":` begins; -1 if there is none. */
function lastUsage(body: Buffer): number {
  if (body.length > MOST_LOOPED_BYTES) return body.lastIndexOf(USAGE);
  let at = body.length - USAGE.length;
  while (at >= 0 && !isAt(body, at, USAGE)) at--;
  return at;
}

/** The model that was read last: mostly it is the next one's too, and needs not be decoded again. */
let lastModel = '';

/** The outermost object's `model`, if it stands before any nested value. */
function modelAtHead(body: Buffer): string | undefined {
  let start = -1;
  for (let at = 0, depth = 0; start < 0; at++) {
    const byte = body[at];
    if (byte === undefined || byte === OPEN_BRACKET || (byte === OPEN_BRACE && depth++ > 0)) {
      return undefined;
    }
    if (byte !== QUOTE) continue;
    if (isAt(body, at, MODEL)) start = at + MODEL.length;
    else at = stringEnd(body, at + 1);
  }
  while (body[start] === 0x20) start++;
  if (body[start] !== QUOTE) return undefined;
  start++;
  if (isAt(body, start, lastModel) && body[start + lastModel.length] === QUOTE) return lastModel;
  const end = body.indexOf(QUOTE, start);
  if (end < 0) return undefined;
  const model = body.toString('utf8', start, end);
  if (model.includes('\\')) return undefined;
  lastModel = model;
  return model;
}

/** Beyond this size Node's own searches are faster than loops. */
const MOST_LOOPED_BYTES = 1024;
const USAGE = '"usage":';
const MODEL = '"model":';

/** Whether `"error"` stands anywhere in `body`: searched by Horspool's method, from the end of the word in leaps. */
function mentionsError(body: Buffer): boolean {
  if (body.length > MOST_LOOPED_BYTES) return body.includes(ERROR);
  const last = ERROR.length - 1;
  for (let at = last; at < body.length;) {
    const byte = body[at]!;
    if (byte === QUOTE && isAt(body, at - last, ERROR)) return true;
    at += leapAt[byte]!;
  }
  return false;
}

const ERROR = '"error"';
const leapAt: Uint8Array = new Uint8Array(256).fill(ERROR.length);
for (let at = 0; at < ERROR.length - 1; at++) {
  leapAt[ERROR.charCodeAt(at)] = ERROR.length - 1 - at;
}

/** Where the string ends whose first byte is at `from`: at its quote, or behind a body that ends before. */
function stringEnd(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}

function isAt(body: Buffer, from: number, word: string): boolean {
  for (let at = 0; at < word.length; at++) {
    if (body[from + at] !== word.charCodeAt(at)) return false;
  }
  return true;
}
