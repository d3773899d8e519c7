/** `text` as the value of a header can hold it: percent-encoded as in a URL where it has more than visible ASCII. */
export function headerText(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const made = /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed());
  if (texts.size === MOST_TEXTS) texts.clear();
  texts.set(text, made);
  return made;
}

/** They are names of the configuration, the same few in every answer. */
const texts = new Map<string, string>();
const MOST_TEXTS = 10_000;
