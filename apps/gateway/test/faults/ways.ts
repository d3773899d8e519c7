import type OpenAI from 'openai';

/** One of the ways to ask a model for a text. */
export interface Way {
  readonly name: string;
  readonly stream: Ask;
  readonly whole: Ask;
}

/** Asks, and takes down in `got` what comes as it comes. */
type Ask = (client: OpenAI, got: Got, signal: AbortSignal | undefined) => Promise<void>;

/** What has come of an answer. */
export interface Got {
  text: string;
  finishReason: string | undefined;
  outputTokens: number | undefined;
  model: string | undefined;
  attempts: number | undefined;
  /** Whether a stream has begun. */
  hasBegun: boolean;
}

const model = 'chat';
const text = 'Say it.';
const messages = [{ role: 'user' as const, content: text }];
const includingUsage = { stream: true as const, stream_options: { include_usage: true } };

export const byChat: Way = {
  name: 'chat',
  async stream(client, got, signal) {
    const { data, response } = await client.chat.completions
      .create({ model, messages, ...includingUsage }, { signal })
      .withResponse();
    begin(got, response);
    for await (const event of data) {
      const [choice] = event.choices;
      got.model = event.model;
      got.outputTokens = event.usage?.completion_tokens ?? got.outputTokens;
      got.text += choice?.delta.content ?? '';
      got.finishReason = choice?.finish_reason ?? got.finishReason;
    }
  },
  async whole(client, got, signal) {
    const { data, response } = await client.chat.completions
      .create({ model, messages }, { signal })
      .withResponse();
    const [choice] = data.choices;
    got.attempts = attemptsOf(response);
    got.model = data.model;
    got.outputTokens = data.usage?.completion_tokens;
    got.text = choice?.message.content ?? '';
    got.finishReason = choice?.finish_reason;
  },
};

export const byCompletions: Way = {
  name: 'completions',
  async stream(client, got, signal) {
    const { data, response } = await client.completions
      .create({ model, prompt: text, ...includingUsage }, { signal })
      .withResponse();
    begin(got, response);
    for await (const event of data) {
      const [choice] = event.choices;
      got.model = event.model;
      got.outputTokens = event.usage?.completion_tokens ?? got.outputTokens;
      got.text += choice?.text ?? '';
      // The SDK's type has no null here; the API does.
      got.finishReason = choice?.finish_reason ?? got.finishReason;
    }
  },
  async whole(client, got, signal) {
    const { data, response } = await client.completions
      .create({ model, prompt: text }, { signal })
      .withResponse();
    const [choice] = data.choices;
    got.attempts = attemptsOf(response);
    got.model = data.model;
    got.outputTokens = data.usage?.completion_tokens;
    got.text = choice?.text ?? '';
    got.finishReason = choice?.finish_reason;
  },
};

export const byResponses: Way = {
  name: 'responses',
  async stream(client, got, signal) {
    const { data, response } = await client.responses
      .create({ model, input: text, stream: true }, { signal })
      .withResponse();
    begin(got, response);
    for await (const event of data) {
      if (event.type === 'response.output_text.delta') got.text += event.delta;
      if (event.type !== 'response.completed') continue;
      got.model = event.response.model;
      got.outputTokens = event.response.usage?.output_tokens;
      got.finishReason = 'stop';
    }
  },
  async whole(client, got, signal) {
    const { data, response } = await client.responses
      .create({ model, input: text }, { signal })
      .withResponse();
    got.attempts = attemptsOf(response);
    got.model = data.model;
    got.outputTokens = data.usage?.output_tokens;
    got.text = data.output_text;
    got.finishReason = data.status === 'completed' ? 'stop' : data.status;
  },
};

function begin(got: Got, response: Response): void {
  got.attempts = attemptsOf(response);
  got.hasBegun = true;
}

function attemptsOf({ headers }: Response): number {
  return Number(headers.get('x-plimsoll-attempts'));
}
