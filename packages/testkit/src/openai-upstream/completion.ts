import type { UpstreamAnswer } from './answer.ts';
import type { Body } from './play.ts';
import type { StreamEvent } from './stream.ts';
import { wordsOf } from './words.ts';

/** What is read of a request for a text completion. */
interface CompletionRequest {
  readonly model?: string;
  readonly n?: number;
  readonly prompt?: string | readonly unknown[];
  readonly stream_options?: { readonly include_usage?: boolean } | null;
}

/** A text completion before it is put on the wire: every choice of it says the same. */
export interface Completion {
  readonly frame: { readonly id: string; readonly created: number; readonly model: string };
  /** As many as are asked for of each prompt. */
  readonly choices: number;
  readonly pieces: readonly string[];
  readonly finishReason: string;
  readonly usage: object;
  readonly isUsageWanted: boolean;
}

/** The completion that answers `request`. */
export function completionFor(
  request: unknown,
  answer: UpstreamAnswer,
  id: string,
  created: number,
): Completion {
  const asked = request as CompletionRequest;
  const { prompt = '' } = asked;
  const prompts = typeof prompt === 'string' || typeof prompt[0] === 'number' ? 1 : prompt.length;
  const choices = prompts * (asked.n ?? 1);
  const pieces = wordsOf(answer.text ?? 'Hello from the upstream.');
  const promptTokens = answer.usage?.promptTokens ?? Math.ceil(JSON.stringify(prompt).length / 4);
  const completionTokens = answer.usage?.completionTokens ?? choices * pieces.length;
  return {
    frame: { id, created, model: answer.model ?? asked.model ?? 'unknown' },
    choices,
    pieces,
    finishReason: answer.finishReason ?? 'stop',
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
    isUsageWanted: asked.stream_options?.include_usage === true,
  };
}

/** The completion as one body. */
export function completionBody(completion: Completion): Body {
  const { frame, choices, pieces, finishReason, usage } = completion;
  return {
    ...frame,
    object: 'text_completion',
    choices: Array.from({ length: choices }, (_, index) =>
      choice(index, pieces.join(''), finishReason),
    ),
    usage,
  };
}

/** The completion as the events of a stream, the end marker not included. */
export function* completionEvents(completion: Completion): Generator<StreamEvent> {
  const { frame, choices, pieces, finishReason, usage, isUsageWanted } = completion;
  const json = (list: readonly object[], used: object | null = null): object => ({
    ...frame,
    object: 'text_completion',
    choices: list,
    ...(isUsageWanted && { usage: used }),
  });
  for (const piece of pieces) {
    for (let index = 0; index < choices; index++) {
      yield { kind: 'content', json: json([choice(index, piece, null)]) };
    }
  }
  for (let index = 0; index < choices; index++) {
    yield { kind: 'finish', json: json([choice(index, '', finishReason)]) };
  }
  if (isUsageWanted) yield { kind: 'event', json: json([], usage) };
}

function choice(index: number, text: string, finishReason: string | null): object {
  return { index, text, logprobs: null, finish_reason: finishReason };
}
