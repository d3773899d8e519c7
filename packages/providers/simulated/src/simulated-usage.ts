import type { Usage } from '@plimsoll/core';

/** Characters that this model counts as one token: the rule of thumb for English. */
export const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a text: one per four characters, rounded up. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** All text in a request: the strings of its messages or input, whatever stands around them. */
export function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textIn).join('');
  if (typeof value !== 'object' || value === null) return '';
  const { content, text } = value as { content?: unknown; text?: unknown };
  return textIn(content) + textIn(text);
}

/** Usage as OpenAI's answers state it. */
export function wireUsage(usage: Usage): object {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
