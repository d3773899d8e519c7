/** A text in the pieces in which it is streamed: its words, each with the spaces before it. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}
