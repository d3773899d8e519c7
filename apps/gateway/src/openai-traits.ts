import type { IncomingHttpHeaders } from 'node:http';

import type { Request, WireRequest } from '@plimsoll/core';

import type { Client } from './client-directory.ts';
import { usualHashKey } from './hash-key.ts';
import type { Destination } from './pool-directory.ts';

/** The operations of OpenAI's API that are balanced. */
export type Operation = 'chat' | 'embeddings';

/** Mean characters of a token. English has about four; where a script has fewer, the provider has the last word. */
const CHARACTERS_PER_TOKEN = 4;

/** What an image counts for, in tokens: the size models scale most pictures to. */
const TOKENS_PER_IMAGE = 1000;

type Json = Readonly<Record<string, unknown>>;

/** The request as the pool sees it: read once, however many attempts it takes. */
export function openAIRequest(
  operation: Operation,
  path: string,
  json: Json,
  body: Buffer,
  headers: IncomingHttpHeaders,
  destination: Destination,
  client?: Client,
): Request<WireRequest> {
  const { pool, pin, model } = destination;
  const size = operation === 'chat' ? chatSize(json['messages']) : textSize(json['input']);
  return {
    payload: {
      dialect: 'openai',
      path,
      // The name of a pinned target is ours, not the provider's.
      json: pin === undefined ? json : { ...json, model },
      body: pin === undefined ? body : undefined,
      headers: handedOn(headers),
    },
    operation,
    pin,
    isStream: json['stream'] === true,
    hashKey: (pool.hashKey ?? usualHashKey)(json, headers),
    residency: pool.residency,
    region: single(headers['x-plimsoll-region']),
    tags: tags(single(headers['x-plimsoll-tags'])),
    inputTokens: Math.ceil(size.characters / CHARACTERS_PER_TOKEN) + size.images * TOKENS_PER_IMAGE,
    maxOutputTokens: number(json['max_completion_tokens']) ?? number(json['max_tokens']),
    turns: size.turns,
    images: size.images,
    tools: length(json['tools']) + length(json['functions']),
    timeoutMs: timeoutMs(single(headers['x-stainless-timeout'])),
    metadata: metadata(single(headers['x-plimsoll-metadata']), json['metadata']),
    header: (name) => single(headers[name]),
    tenant: client && (client.tenant ?? client.id),
    priority: priority(single(headers['x-plimsoll-priority']), client),
    spending: client?.spending ?? pool.spending,
  };
}

interface Size {
  turns: number;
  characters: number;
  images: number;
}

function chatSize(messages: unknown): Size {
  const size: Size = { turns: 0, characters: 0, images: 0 };
  if (!Array.isArray(messages)) return size;
  size.turns = messages.length;
  for (const message of messages) {
    const content = property(message, 'content');
    if (typeof content === 'string') size.characters += content.length;
    else if (Array.isArray(content)) for (const part of content) addPart(size, part);
  }
  return size;
}

function addPart(size: Size, part: unknown): void {
  const type = property(part, 'type');
  if (type === 'image_url' || type === 'input_image') size.images++;
  else size.characters += text(property(part, 'text'))?.length ?? 0;
}

/** The input of embeddings: a text, texts, tokens, or lists of tokens. */
function textSize(input: unknown): Size {
  const size: Size = { turns: 0, characters: 0, images: 0 };
  const add = (item: unknown): void => {
    if (typeof item === 'string') size.characters += item.length;
    else if (typeof item === 'number') size.characters += CHARACTERS_PER_TOKEN;
    else if (Array.isArray(item)) for (const inner of item) add(inner);
  };
  add(input);
  return size;
}

/** Headers that travel with the request. Nothing else does: the caller's credential is for the gateway. */
function handedOn(headers: IncomingHttpHeaders): Record<string, string> | undefined {
  const parent = single(headers['traceparent']);
  if (parent === undefined) return undefined;
  const state = single(headers['tracestate']);
  return state === undefined ? { traceparent: parent } : { traceparent: parent, tracestate: state };
}

function tags(header: string | undefined): readonly string[] | undefined {
  if (header === undefined) return undefined;
  return header
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** What the caller asks for, up to what its key allows; the most that is where it asks for nothing. */
function priority(header: string | undefined, client: Client | undefined): number | undefined {
  const most = client === undefined ? 3 : (client.priority ?? 0);
  if (header === undefined || !/^\d+$/.test(header)) return client?.priority;
  return Math.min(Number(header), most);
}

/** Texts by name, of the body and of the header, which is a JSON object; whatever else stands there is no metadata. */
function metadata(header: string | undefined, body: unknown): Record<string, string> | undefined {
  if (header === undefined && body === undefined) return undefined;
  const entries = [body, header === undefined ? undefined : parsed(header)].flatMap((value) =>
    typeof value === 'object' && value !== null ? Object.entries(value) : [],
  );
  return Object.fromEntries(entries.filter(([, text]) => typeof text === 'string'));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** OpenAI's SDKs say in seconds how long they will wait. */
function timeoutMs(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Json)[name] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function length(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined;
}
