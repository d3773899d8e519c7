const BACKSLASH = 0x5c;

/**
 * Whether the bytes of a JSON object have `model` as a key once at most, so that whoever reads them finds the same one.
 * Of two keys alike we take the last, as most do; a provider that takes the first would serve a model that the client
 * may not use. Where this is false, what we read is written anew.
 */
export function namesOneModel(body: Buffer): boolean {
  // Each letter of `model` may be written as \u006x.
  if (body.includes('\\u006')) return false;
  const first = keyAt(body, 0);
  return first < 0 || keyAt(body, first + KEY.length) < 0;
}

const KEY = '"model"';

/** Where the next `"model"` begins that is no part of a text; a value counts, which only makes this careful. */
function keyAt(body: Buffer, from: number): number {
  let at = body.indexOf(KEY, from);
  while (at > 0 && body[at - 1] === BACKSLASH) at = body.indexOf(KEY, at + KEY.length);
  return at;
}
