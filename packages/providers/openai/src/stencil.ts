const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/** Strings of free text: what changes from one event of a stream to the next. */
const textKeys = new Set([
  'content',
  'reasoning_content',
  'reasoning',
  'refusal',
  'arguments',
  'text',
  'delta',
  'data',
  'audio',
  'transcript',
  'obfuscation',
]);

/** Numbers that count events or seconds. */
const countKeys = new Set(['sequence_number', 'created']);

/**
 * Recognises events that differ from a known one in their text only, so that most of a stream is neither decoded nor
 * parsed.
 *
 * Made from the bytes of one event that was parsed and understood: its non-empty strings and whole numbers under the keys
 * above become holes, all else stays as it is. An event that has the same bytes outside the holes, and in each hole a
 * non-empty string or a whole number of JSON, is valid JSON and means the same. The text in a hole cannot mislead: it
 * ends at its first quote that is not escaped, as in JSON itself.
 *
 * Cost: each byte is compared once, natively outside the holes; no allocation.
 */
export class Stencil {
  readonly #bytes: Buffer;
  /** Where each hole begins and ends in `#bytes`, one after the other. */
  readonly #holes: readonly number[];

  private constructor(bytes: Buffer, holes: readonly number[]) {
    this.#bytes = bytes;
    this.#holes = holes;
  }

  /**
   * @param event - the bytes of the whole event, with the blank line that ends it.
   * @param jsonStart - where its JSON, known to be valid, begins in `event`.
   * @param jsonEnd - where it ends.
   * @returns `undefined` for an event without text.
   */
  static of(event: Buffer, jsonStart: number, jsonEnd: number): Stencil | undefined {
    const holes: number[] = [];
    let key = '';
    for (let at = jsonStart; at < jsonEnd; at++) {
      if (event[at] !== QUOTE) continue;
      const start = at + 1;
      for (at++; event[at] !== QUOTE; at++) if (event[at] === BACKSLASH) at++;
      if (event[at + 1] === COLON) {
        // Its value becomes a hole only if it follows at once; spaces are for APIs that nobody is fast with.
        key = event.toString('latin1', start, at);
        if (!countKeys.has(key)) continue;
        const end = countEnd(event, at + 2);
        if (end > at + 2) holes.push(at + 2, end);
      } else {
        if (event[start - 2] === COLON && textKeys.has(key) && at > start) holes.push(start, at);
        key = '';
      }
    }
    // A copy, as the chunk that holds the event may be much larger.
    return holes.length === 0 ? undefined : new Stencil(Buffer.from(event), holes);
  }

  /** Where the event that begins at `start` ends; -1 if it is another one, or not all of it is there. */
  match(chunk: Buffer, start: number): number {
    const bytes = this.#bytes;
    const holes = this.#holes;
    let at = start;
    let from = 0;
    for (let hole = 0; hole < holes.length; hole += 2) {
      const until = holes[hole]!;
      // Every hole is followed by at least one byte.
      if (at + until - from >= chunk.length) return -1;
      if (chunk.compare(bytes, from, until, at, at + until - from) !== 0) return -1;
      at += until - from;
      const holeStart = at;
      at = bytes[until - 1] === QUOTE ? textEnd(chunk, at) : countEnd(chunk, at);
      if (at <= holeStart) return -1;
      from = holes[hole + 1]!;
    }
    if (at + bytes.length - from > chunk.length) return -1;
    const end = at + bytes.length - from;
    return chunk.compare(bytes, from, bytes.length, at, end) === 0 ? end : -1;
  }
}

/** The place of the quote that ends a string of JSON; -1 if it is no valid string or does not end. */
function textEnd(chunk: Buffer, start: number): number {
  for (let at = start; at < chunk.length; at++) {
    const byte = chunk[at]!;
    if (byte === QUOTE) return at;
    if (byte < 0x20) return -1;
    if (byte === BACKSLASH) {
      at++;
      if (chunk[at] === 0x75) {
        for (const end = at + 4; at < end;) if (!isHexDigit(chunk[++at])) return -1;
      } else if (!isEscapable(chunk[at])) {
        return -1;
      }
    }
  }
  return -1;
}

/** The end of a whole number of JSON that begins at `start`; `start` itself where there is none. */
function countEnd(chunk: Buffer, start: number): number {
  if (chunk[start] === ZERO) return start + 1;
  let at = start;
  while (at < chunk.length && chunk[at]! >= ZERO && chunk[at]! <= NINE) at++;
  return at;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= ZERO && byte <= NINE) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** One of `"` `\` `/` `b` `f` `n` `r` `t`. */
function isEscapable(byte: number | undefined): boolean {
  switch (byte) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}
