import type { WireForm, WireRequest } from '@plimsoll/core';

/** A request body as it is sent, and what was added to it. */
export interface Prepared {
  readonly body: Buffer;
  /** Whether the usage of a stream was asked for in the caller's place, so that its event must be hidden. */
  readonly hidesUsage: boolean;
}

const INCLUDE_USAGE = Buffer.from('"stream_options":{"include_usage":true},');

/**
 * The body for one target. The caller's bytes pass through; they are changed only where another model is named and where
 * usage has to be asked for. A change is spliced into the bytes where its place is certain; else the parsed body is
 * written anew. Nothing is put into an empty body.
 *
 * @param model - the target's model; `undefined` or `*` keeps the caller's.
 */
export function prepareBody(
  payload: WireRequest,
  model: string | undefined,
  acceptsStreamOptions: boolean,
): Prepared {
  const { json, form } = payload;
  if (payload.body?.length === 0) return { body: asBuffer(payload.body), hidesUsage: false };
  if (form !== undefined && payload.body !== undefined) {
    return { body: formFor(payload.body, form, modelAsked(model, json)), hidesUsage: false };
  }
  const newModel =
    model === undefined || model === '*' || model === json['model'] ? undefined : model;
  const options = json['stream_options'];
  const dropsOptions = !acceptsStreamOptions && options !== undefined;
  const hidesUsage =
    acceptsStreamOptions &&
    json['stream'] === true &&
    reportsUsageOnRequest(payload.path) &&
    // What is no object is the caller's mistake, and the API's to answer.
    (isObject(options) ? options['include_usage'] !== true : (options ?? null) === null);

  if (payload.body !== undefined && !dropsOptions) {
    const body = asBuffer(payload.body);
    if (newModel === undefined && !hidesUsage) return { body, hidesUsage };
    // The field is put in front of the others, which is safe only where there is none yet.
    if (!hidesUsage || options === undefined) {
      const spliced = splice(body, json['model'], newModel, hidesUsage);
      if (spliced !== undefined) return { body: spliced, hidesUsage };
    }
  }

  const changed: Record<string, unknown> = { ...json };
  if (newModel !== undefined) changed['model'] = newModel;
  if (dropsOptions) delete changed['stream_options'];
  if (hidesUsage) {
    changed['stream_options'] = { ...(isObject(options) ? options : {}), include_usage: true };
  }
  return { body: Buffer.from(JSON.stringify(changed)), hidesUsage };
}

/** The model that a target asks for: its own, or with `undefined` and `*` the one that the caller named. */
export function modelAsked(
  model: string | undefined,
  json: WireRequest['json'],
): string | undefined {
  if (model !== undefined && model !== '*') return model;
  return typeof json['model'] === 'string' ? json['model'] : undefined;
}

/** How many choices a request asks for; a text completion asks `n` times for each of its prompts. */
export function choicesAsked(json: WireRequest['json']): number {
  const { n, prompt } = json as { n?: unknown; prompt?: unknown };
  const each = typeof n === 'number' && Number.isInteger(n) && n > 0 ? n : 1;
  // A list of numbers is one prompt, in tokens.
  const hasPrompts = Array.isArray(prompt) && prompt.length > 0 && typeof prompt[0] !== 'number';
  return hasPrompts ? each * prompt.length : each;
}

/** Whether `path` is of the Responses API, whose answers the provider keeps. */
export function isOfResponses(path: string): boolean {
  return path === '/responses' || isOfStoredResponse(path);
}

/** Whether `path` is about what the provider keeps already. */
export function isOfStoredResponse(path: string): boolean {
  return path.startsWith('/responses/');
}

function formFor(given: Uint8Array, form: WireForm, model: string | undefined): Buffer {
  const body = asBuffer(given);
  const { modelStart, modelEnd } = form;
  if (model === undefined || body.toString('utf8', modelStart, modelEnd) === model) return body;
  const before = body.subarray(0, modelStart);
  return Buffer.concat([before, Buffer.from(model), body.subarray(modelEnd)]);
}

/** The Responses API reports usage unasked and rejects the field. */
function reportsUsageOnRequest(path: string): boolean {
  return path === '/chat/completions' || path === '/completions';
}

function splice(
  body: Buffer,
  oldModel: unknown,
  newModel: string | undefined,
  insertsUsage: boolean,
): Buffer | undefined {
  let modelStart = body.length;
  let modelEnd = body.length;
  if (newModel !== undefined) {
    if (typeof oldModel !== 'string') return undefined;
    const place = onlyModelValue(body, oldModel);
    if (place === undefined) return undefined;
    modelStart = place.start;
    modelEnd = place.end;
  }
  let open = 0;
  if (insertsUsage) {
    open = body.indexOf(OPEN_BRACE) + 1;
    // An empty object would be left with a comma too many.
    if (open === 0 || body[firstNonSpace(body, open)] !== QUOTE) return undefined;
  }

  const inserted = insertsUsage ? INCLUDE_USAGE.length : 0;
  const model = newModel === undefined ? '' : JSON.stringify(newModel);
  const modelBytes = Buffer.byteLength(model);
  const result = Buffer.allocUnsafe(body.length + inserted + modelBytes - (modelEnd - modelStart));
  let at = body.copy(result, 0, 0, open);
  if (insertsUsage) at += INCLUDE_USAGE.copy(result, at);
  at += body.copy(result, at, open, modelStart);
  at += result.write(model, at);
  body.copy(result, at, modelEnd);
  return result;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;

/**
 * The place of the outermost `model`'s value, if that is certain: the key stands in the body exactly once, at any depth,
 * and none of its letters can be hidden in an escape (`m`, `o`, `d`, `e` and `l` are `\u006x`). `json` has a `model`, so
 * the one place is it.
 */
function onlyModelValue(
  body: Buffer,
  oldModel: string,
): { readonly start: number; readonly end: number } | undefined {
  let valueStart = -1;
  for (let at = body.indexOf('"model"'); at >= 0; at = body.indexOf('"model"', at + 7)) {
    if (body[at - 1] === BACKSLASH) continue;
    const colon = firstNonSpace(body, at + 7);
    if (body[colon] !== COLON) continue;
    if (valueStart >= 0) return undefined;
    valueStart = firstNonSpace(body, colon + 1);
  }
  if (valueStart < 0 || body.includes('\\u006')) return undefined;
  const value = JSON.stringify(oldModel);
  const end = valueStart + Buffer.byteLength(value);
  // A value that is written with other escapes than ours is left to the slow way.
  return body.toString('utf8', valueStart, end) === value ? { start: valueStart, end } : undefined;
}

function firstNonSpace(body: Buffer, from: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at++;
  return at;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
