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
 * @returns `undefined` where either cannot be found with certainty, and always for the beginning of an answer that broke
 * off: the outermost object is seen to end.
 */
export function endAtEdges(body: Buffer): AttemptEnd | undefined {
  const model = modelAtHead(body);
  if (model === undefined) return undefined;
  const usage = usageOf(usageAtTail(body));
  return usage === undefined ? undefined : { usage, model };
}

/**
 * The value of the outermost object's last `usage`. In valid JSON the bytes `"usage":` outside a string are a key (inside
 * one the quotes are escaped), and a key is the outermost object's if from there to the end exactly one more brace closes
 * than opens.
 */
function usageAtTail(body: Buffer): WireUsage | undefined {
  const key = body.lastIndexOf('"usage":');
  if (key <= 0 || body[key - 1] === BACKSLASH) return undefined;
  const start = key + 8;
  let depth = 0;
  let valueEnd = -1;
  for (let at = start; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      for (at++; at < body.length && body[at] !== QUOTE; at++) if (body[at] === BACKSLASH) at++;
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

/** The outermost object's `model`, if it stands before any nested value. */
function modelAtHead(body: Buffer): string | undefined {
  const key = body.indexOf('"model":');
  if (key <= 0 || body[key - 1] === BACKSLASH) return undefined;
  for (let at = 0, depth = 0; at < key; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      for (at++; at < key && body[at] !== QUOTE; at++) if (body[at] === BACKSLASH) at++;
    } else if (byte === OPEN_BRACKET || (byte === OPEN_BRACE && depth++ > 0)) {
      return undefined;
    }
  }
  let start = key + 8;
  while (body[start] === 0x20) start++;
  if (body[start] !== QUOTE) return undefined;
  const end = body.indexOf(QUOTE, start + 1);
  if (end < 0) return undefined;
  const model = body.toString('utf8', start + 1, end);
  return model.includes('\\') ? undefined : model;
}
