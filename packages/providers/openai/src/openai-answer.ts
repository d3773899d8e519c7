import type { WireHead } from '@plimsoll/core';

type Headers = WireHead['headers'];

/** Headers that belong to one connection, not to the answer: RFC 9110, 7.6.1. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The head as it is handed on.
 *
 * @param mayChange - whether bytes may be left out of the body, so that its stated length says nothing.
 */
export function headOf(status: number, received: Headers, mayChange: boolean): WireHead {
  const headers: Record<string, string | readonly string[]> = {};
  for (const name in received) {
    if (hopByHop.has(name) || (mayChange && name === 'content-length')) continue;
    headers[name] = received[name]!;
  }
  return { status, headers };
}

export function isEventStream(contentType: Headers[string] | undefined): boolean {
  return typeof contentType === 'string' && contentType.startsWith('text/event-stream');
}

export function isJson(contentType: Headers[string] | undefined): boolean {
  if (contentType === 'application/json') return true;
  return typeof contentType === 'string' && /^application\/(?:[\w.-]+\+)?json\b/.test(contentType);
}

/** Whether the body is sound, a picture or the like: nothing is read of it, and it may take as long as it plays. */
export function isBinary(contentType: Headers[string] | undefined): boolean {
  return (
    typeof contentType === 'string' &&
    // What most answers are, told without a search.
    contentType !== 'application/json' &&
    /^(?:(?:audio|image|video)\/|application\/octet-stream\b)/.test(contentType)
  );
}

/** Whether the body is compressed, though that was not asked for: it can be handed on, but not read. */
export function isEncoded(headers: Headers): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding !== 'identity';
}

/** The JSON in `body`, or its text where it is none. */
export function parsed(body: Buffer): unknown {
  const text = body.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether `json` is a response that the provider keeps. */
export function isResponse(json: unknown): boolean {
  return (
    typeof json === 'object' && json !== null && 'object' in json && json.object === 'response'
  );
}

/** Whether an answer of status 200 is an error all the same. */
export function isErrorBody(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const { error, object } = json as { error?: unknown; object?: unknown };
  return (error !== undefined && error !== null) || object === 'error';
}
