import type { IncomingHttpHeaders } from 'node:http';

type Json = Readonly<Record<string, unknown>>;

/** Reads the key for consistent hashing of a request; undefined when it has none. */
export type HashKeyReader = (json: Json, headers: IncomingHttpHeaders) => string | undefined;

/** By precedence: the caller's own word, the prompt cache's, the user's, the conversation's. */
export const usualHashKey: HashKeyReader = hashKeyReader([
  'header:x-plimsoll-key',
  'prompt_cache_key',
  'safety_identifier',
  'user',
  'conversation',
]);

/** A reader that looks in `places`, as the configuration names them, and takes the first key it finds. */
export function hashKeyReader(places: readonly string[]): HashKeyReader {
  const readers = places.map(readerOf);
  return (json, headers) => {
    for (const read of readers) {
      const key = read(json, headers);
      if (key !== undefined) return key;
    }
    return undefined;
  };
}

function readerOf(place: string): HashKeyReader {
  const [kind = place, name = ''] = place.split(':');
  switch (kind) {
    case 'header': {
      const lower = name.toLowerCase();
      return (_json, headers) => text(headers[lower]);
    }
    case 'metadata':
      return (json) => text(property(json['metadata'], name));
    case 'conversation':
      return (json) => text(json['conversation']) ?? text(property(json['conversation'], 'id'));
    case 'prompt-prefix':
      return (json) => promptPrefix(json, Number(name));
    default:
      return (json) => text(json[kind]);
  }
}

/** The first characters of what the model reads, roles left out: those that a prompt cache would find again. */
function promptPrefix(json: Json, length: number): string | undefined {
  const messages = json['messages'] ?? json['input'];
  if (typeof messages === 'string') return text(messages.slice(0, length));
  if (!Array.isArray(messages)) return undefined;
  let prefix = '';
  for (const message of messages) {
    const content = property(message, 'content');
    if (typeof content === 'string') prefix += content;
    else if (Array.isArray(content)) {
      for (const part of content) prefix += text(property(part, 'text')) ?? '';
    }
    if (prefix.length >= length) break;
  }
  return text(prefix.slice(0, length));
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Json)[name] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
