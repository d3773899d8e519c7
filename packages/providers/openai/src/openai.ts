import {
  type Clock,
  optionError,
  type Provider,
  type WireHead,
  type WireRequest,
} from '@plimsoll/core';
import type { Dispatcher } from 'undici';
import { type Connections, connectionsTo } from './connections.ts';
import { endpointOf } from './endpoint.ts';
import { startAttempt } from './openai-attempt.ts';
import { classifyThrown } from './openai-failure.ts';
import { probe } from './openai-probe.ts';
import { resumeAttempt } from './openai-resume.ts';
import { type Preset, type PresetName, presets } from './presets.ts';
import { redacted } from './redact.ts';
import { systemEpochMs } from './system.ts';

/** Options of `openai`. */
export interface OpenAIOptions {
  /**
   * The credential. It is sent to the API and shown to nobody else.
   * @defaultValue none is sent; an error where the preset's own API wants one
   */
  readonly apiKey?: string | undefined;
  /**
   * Which API: sets the base URL, how the credential is sent, and what the API is known to reject.
   * @defaultValue `openai`
   */
  readonly preset?: PresetName | undefined;
  /**
   * An http or https URL; paths such as `/chat/completions` are put behind it. For `azure` the resource's own URL, such
   * as `https://my-resource.openai.azure.com`.
   * @defaultValue the preset's; `azure` has none
   */
  readonly baseUrl?: string | undefined;
  /**
   * For `azure` only: the dated API, such as `2024-10-21`, in which the model is the name of a deployment.
   * @defaultValue the undated API under `/openai/v1`
   */
  readonly apiVersion?: string | undefined;
  /** Sent as `openai-organization`. @defaultValue not sent */
  readonly organization?: string | undefined;
  /** Sent as `openai-project`. @defaultValue not sent */
  readonly project?: string | undefined;
  /** More headers for every request; they win over those of a caller. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Bytes of an answer that are held back to be handed on in one piece, an integer >= 1. A longer one is passed on as it
   * comes, without usage, and cannot be retried elsewhere any more.
   * @defaultValue 67,108,864 (64 MiB)
   */
  readonly maxBodyBytes?: number | undefined;
  /**
   * An undici dispatcher to send through, such as a `ProxyAgent`; `close` leaves it open.
   * @defaultValue connections that all adapters of this process share, by origin
   */
  readonly dispatcher?: Dispatcher | undefined;
  /** Read where an answer states a date to wait for and not its own. @defaultValue the system's clock */
  readonly clock?: Pick<Clock, 'epochMs'> | undefined;
}

/**
 * The adapter for OpenAI's API, and for every API that speaks its dialect. The caller's bytes pass through; answers are
 * read as they pass, and are not written anew.
 *
 * @throws `ERR_PLIMSOLL_OPTION` for a bad option.
 */
export function openai(options: OpenAIOptions = {}): Provider<WireRequest, WireHead, Uint8Array> {
  const name = options.preset ?? 'openai';
  if (!Object.hasOwn(presets, name)) {
    throw optionError('openai', 'preset', `one of ${Object.keys(presets).join(', ')}`, name);
  }
  const preset: Preset = presets[name];
  const baseUrl = baseUrlOf(options, name, preset);
  const { dispatcher, clock } = options;
  const headers = headersOf(options);
  const apiKey = apiKeyOf(options, preset);
  const maxBodyBytes = maxBodyBytesOf(options);

  // Last, as nothing may fail once connections are held.
  const connections: Connections | undefined =
    dispatcher === undefined ? connectionsTo(baseUrl.origin) : undefined;
  const nowEpochMs = clock === undefined ? systemEpochMs : () => clock.epochMs();
  const endpoint = endpointOf({
    apiKey,
    auth: preset.auth,
    acceptsStreamOptions: preset.acceptsStreamOptions,
    continuation: preset.continuation,
    limits: preset.limits,
    apiVersion: options.apiVersion,
    baseUrl,
    headers,
    maxBodyBytes,
    nowEpochMs,
    dispatcher: dispatcher ?? connections!.dispatcher,
  });
  return {
    name,
    attempt: (target, request, sink) => startAttempt(endpoint, target, request, sink),
    resume: (target, request, transcript, sink) =>
      resumeAttempt(endpoint, target, request, transcript, sink),
    probe: (target, done) => probe(endpoint, target, done),
    classify: (error) => redacted(classifyThrown(error, nowEpochMs), apiKey),
    close: async () => connections?.release(),
  };
}

function apiKeyOf(options: OpenAIOptions, preset: Preset): string | undefined {
  const { apiKey } = options;
  if (apiKey === undefined) {
    // One's own server may need none; the public APIs all do.
    if (options.baseUrl === undefined && preset.baseUrl?.startsWith('https:') === true) {
      throw optionError('openai', 'apiKey', 'the credential of the API', apiKey);
    }
    return undefined;
  }
  // The value is not repeated, whatever is wrong with it.
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw optionError('openai', 'apiKey', 'a string of visible ASCII characters', '(not shown)');
  }
  return apiKey;
}

function baseUrlOf(options: OpenAIOptions, name: PresetName, preset: Preset): URL {
  const { apiVersion } = options;
  const text = options.baseUrl ?? preset.baseUrl;
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  if (url === undefined || !isPlain) {
    // What is not accepted of it may be a credential.
    const shown = typeof text === 'string' && /[@?]/.test(text) ? '(not shown)' : text;
    throw optionError('openai', 'baseUrl', 'an http or https URL without user and query', shown);
  }
  if (apiVersion !== undefined && (name !== 'azure' || !/^[\w-]+$/.test(apiVersion))) {
    throw optionError(
      'openai',
      'apiVersion',
      'a version such as 2024-10-21, of the preset azure',
      apiVersion,
    );
  }
  if (name === 'azure' && url.pathname === '/') {
    url.pathname = apiVersion === undefined ? '/openai/v1' : '/openai';
  }
  return url;
}

function headersOf(options: OpenAIOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const given = Object.entries(options.headers ?? {});
  if (options.organization !== undefined) given.push(['openai-organization', options.organization]);
  if (options.project !== undefined) given.push(['openai-project', options.project]);
  for (const [name, value] of given) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || setByUs.has(name.toLowerCase())) {
      throw optionError('openai', 'headers', 'names of headers that may be set', name);
    }
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      // Not the value: it may be a credential.
      throw optionError('openai', 'headers', 'strings that a header can carry', name);
    }
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** Set by the request itself. */
const setByUs = new Set(['content-length', 'transfer-encoding', 'connection', 'host', 'expect']);

function maxBodyBytesOf(options: OpenAIOptions): number {
  const { maxBodyBytes = 64 * 1024 * 1024 } = options;
  if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1) {
    throw optionError('openai', 'maxBodyBytes', 'an integer >= 1', maxBodyBytes);
  }
  return maxBodyBytes;
}
