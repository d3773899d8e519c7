import { readEventStream } from '../wire/event-stream.ts';

/** What has come of an answer so far. */
export interface Answer {
  readonly text: string;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
}

export const emptyAnswer: Answer = { text: '', tokensIn: null, tokensOut: null };

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly message?: { readonly content?: string | null };
  }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
  readonly error?: { readonly message?: string };
}

/** Reads a chat completion, streamed or whole, and gives it as it grows. */
export async function* readAnswer(response: Response): AsyncGenerator<Answer> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream || response.body === null) {
    yield withChunk(emptyAnswer, (await response.json()) as Chunk);
    return;
  }
  let answer = emptyAnswer;
  for await (const { data } of readEventStream(response.body)) {
    if (data === '[DONE]') return;
    answer = withChunk(answer, JSON.parse(data) as Chunk);
    yield answer;
  }
}

function withChunk(answer: Answer, { choices, usage, error }: Chunk): Answer {
  if (error !== undefined) throw new Error(error.message ?? 'The answer broke off.');
  const [choice] = choices ?? [];
  return {
    text: answer.text + (choice?.delta?.content ?? choice?.message?.content ?? ''),
    tokensIn: usage?.prompt_tokens ?? answer.tokensIn,
    tokensOut: usage?.completion_tokens ?? answer.tokensOut,
  };
}
