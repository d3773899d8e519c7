import type { IncomingHttpHeaders } from 'node:http';

import type { Request, WireForm, WireRequest } from '@plimsoll/core';

import type { Client } from '../client-directory.ts';
import { usualHashKey } from '../hash-key.ts';
import type { Destination } from '../pool-directory.ts';
import { count, type Json, length } from './json.ts';
import type { Operation } from './operation.ts';
import { CHARACTERS_PER_TOKEN } from './size.ts';

/** What an image counts for, in tokens: the size models scale most pictures to. */
const TOKENS_PER_IMAGE = 1000;

/** A body that was received and read. */
export interface Received {
  readonly json: Json;
  readonly body: Buffer;
  /** Whether the bytes of the body may be handed on: whoever reads them finds the model that we read. */
  readonly isPlain: boolean;
  /** Present where it is no JSON. */
  readonly form?: WireForm | undefined;
}

/**
 * The request as the pool sees it: read once, however many attempts it takes.
 *
 * @param owner - the id of the target that keeps what the request refers to: no other may serve it.
 */
export function openAIRequest(
  operation: Operation,
  { json, body, isPlain, form }: Received,
  headers: IncomingHttpHeaders,
  destination: Destination,
  client?: Client,
  owner?: string,
): Request<WireRequest> {
  const { pool, pin, model } = destination;
  const size = operation.size(json);
  return {
    payload: {
      dialect: 'openai',
      method: operation.method,
      path: operation.path,
      // The name of a pinned target is ours, not the provider's.
      json: pin === undefined ? json : { ...json, model },
      body: form !== undefined || (pin === undefined && isPlain) ? body : undefined,
      form,
      headers: handedOn(headers),
    },
    operation: operation.name,
    pin: pin ?? owner,
    isStream: operation.streams === 'always' || json['stream'] === true,
    hashKey: (pool.hashKey ?? usualHashKey)(json, headers),
    residency: pool.residency,
    region: single(headers['x-plimsoll-region']),
    tags: tags(single(headers['x-plimsoll-tags'])),
    inputTokens: Math.ceil(size.characters / CHARACTERS_PER_TOKEN) + size.images * TOKENS_PER_IMAGE,
    maxOutputTokens:
      count(json['max_completion_tokens']) ??
      count(json['max_tokens']) ??
      count(json['max_output_tokens']),
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

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined;
}
