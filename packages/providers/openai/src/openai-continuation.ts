import type { Transcript, WireRequest } from '@plimsoll/core';

/**
 * How an API is asked to go on with a given beginning of its answer:
 *
 * - `deepseek`: a last message of the assistant with `prefix: true`, under `/beta`.
 * - `mistral`: the same, but the answer repeats the beginning.
 * - `vllm`: a last message of the assistant, with `continue_final_message`.
 * - `assistant-last`: a last message of the assistant, and nothing more.
 * - `none`: it cannot.
 */
export type Continuation = 'deepseek' | 'mistral' | 'vllm' | 'assistant-last' | 'none';

/** A request for the rest of an answer. */
export interface ContinuationRequest {
  readonly json: WireRequest['json'];
  /** What stands in the request of the text that is there already: all of it, or without the spaces at its end. */
  readonly given: string;
}

/** What asks for the rest of the answer in `transcript`; `undefined` where that cannot be asked for. */
export function continuationOf(
  kind: Continuation,
  json: WireRequest['json'],
  transcript: Transcript,
): ContinuationRequest | undefined {
  const { messages } = json;
  if (kind === 'none' || !Array.isArray(messages)) return undefined;
  // The caller has put words into the model's mouth: whether those are followed is not ours to guess.
  if ((messages.at(-1) as { role?: unknown } | undefined)?.role === 'assistant') return undefined;
  // APIs that take a last message for a beginning refuse one that ends in spaces, or trim it.
  const isTrimmed = kind === 'mistral' || kind === 'assistant-last';
  const given = isTrimmed ? transcript.text.trimEnd() : transcript.text;
  if (given === '') return undefined;
  const isMarked = kind === 'deepseek' || kind === 'mistral';
  const beginning = { role: 'assistant', content: given, ...(isMarked && { prefix: true }) };
  return {
    given,
    json: {
      ...json,
      messages: [...messages, beginning],
      ...(kind === 'vllm' && { continue_final_message: true, add_generation_prompt: false }),
      ...lessTokens(json, 'max_tokens', transcript),
      ...lessTokens(json, 'max_completion_tokens', transcript),
    },
  };
}

/** The limit of the answer's length, without what is there already. */
function lessTokens(json: WireRequest['json'], name: string, { usage }: Transcript): object {
  const limit = json[name];
  return typeof limit === 'number' ? { [name]: Math.max(1, limit - usage.outputTokens) } : {};
}

/** DeepSeek continues under `/beta` alone. */
export function betaPath(path: string): string {
  return path.replace(/(?:\/v1|\/beta)?(?=\/chat\/completions)/, '/beta');
}
