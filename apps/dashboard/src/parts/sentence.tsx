import type { VNode } from 'preact';
import type { Words } from '../words.ts';

/** A sentence with what stands out of it. */
export function Sentence({ words }: { words: Words }): VNode {
  return (
    <>
      {words.map((word, index) =>
        typeof word === 'string' ? word : <b key={index}>{word.strong}</b>,
      )}
    </>
  );
}
