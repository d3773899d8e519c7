import { type Json, property, text } from './json.ts';

/** Something that a provider keeps and a request refers to. */
export interface Kept {
  readonly id: string;
  /** The field that names it. */
  readonly param: string;
  /** What OpenAI's API answers when there is no such thing. */
  readonly code: string;
}

/** What a request for a response refers to, the one that decides most first; mostly nothing. */
export function keptIn({ previous_response_id: previous, conversation, input }: Json): Kept[] {
  const kept: Kept[] = [];
  const response = text(previous);
  if (response !== undefined) {
    kept.push({ id: response, param: 'previous_response_id', code: 'previous_response_not_found' });
  }
  const talk = text(conversation) ?? text(property(conversation, 'id'));
  if (talk !== undefined) {
    kept.push({ id: talk, param: 'conversation', code: 'conversation_not_found' });
  }
  if (!Array.isArray(input)) return kept;
  for (const item of input) {
    if (property(item, 'type') !== 'item_reference') continue;
    const id = text(property(item, 'id'));
    if (id !== undefined) kept.push({ id, param: 'input', code: 'item_not_found' });
  }
  return kept;
}

/** The ids by which `response`, an answer, can be referred to: its own, its conversation's, those of its items. */
export function idsIn(response: unknown): string[] {
  const ids = [property(response, 'id'), property(property(response, 'conversation'), 'id')];
  const output = property(response, 'output');
  if (Array.isArray(output)) for (const item of output) ids.push(property(item, 'id'));
  return ids.filter((id) => text(id) !== undefined) as string[];
}
