/**
 * Whether the text of a JSON object has `model` as a key once at most, so that whoever reads them finds the same one.
 * Of two keys alike we take the last, as most do; a provider that takes the first would serve a model that the client
 * may not use. Where this is false, what we read is written anew.
 */
export function namesOneModel(text: string): boolean {
  // Each letter of `model` may be written as \u006x.
  if (text.includes('\\u006')) return false;
  const first = keyAt(text, 0);
  return first < 0 || keyAt(text, first + KEY.length) < 0;
}

const KEY = '"model"';

/** Where the next `"model"` begins that is no part of a text; a value counts, which only makes this careful. */
function keyAt(text: string, from: number): number {
  let at = text.indexOf(KEY, from);
  while (at > 0 && text[at - 1] === '\\') at = text.indexOf(KEY, at + KEY.length);
  return at;
}
