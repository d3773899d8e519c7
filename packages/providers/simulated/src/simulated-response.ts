import type { Random, Usage } from '@plimsoll/core';
import { simulatedText } from './simulated-chat.ts';
import { CHARACTERS_PER_TOKEN, textIn, tokensOf } from './simulated-usage.ts';
import type { WireResponseRequest } from './simulated-wire.ts';

/** A response before it is put into bytes: one message. */
export interface SimulatedResponse {
  /** What ids are made of. */
  readonly name: string;
  readonly created: number;
  readonly model: string;
  readonly text: string;
  readonly isCut: boolean;
  readonly previous: string | undefined;
  readonly usage: Usage;
}

/** How many tokens of output a request allows at most. */
export function responseLimit({ max_output_tokens: limit }: WireResponseRequest): number {
  return typeof limit === 'number' && limit > 0 ? Math.floor(limit) : Infinity;
}

/** What the model answers to `request`, which has an input. */
export function responseFor(
  request: WireResponseRequest,
  frame: Pick<SimulatedResponse, 'name' | 'created' | 'model'>,
  outputTokens: number,
  random: Random,
): SimulatedResponse {
  const whole = simulatedText(outputTokens, random);
  const text = whole.slice(0, responseLimit(request) * CHARACTERS_PER_TOKEN);
  const { previous_response_id: previous } = request;
  return {
    ...frame,
    text,
    isCut: text.length < whole.length,
    previous: typeof previous === 'string' ? previous : undefined,
    usage: {
      inputTokens: tokensOf(textIn(request.instructions) + textIn(request.input)),
      outputTokens: tokensOf(text),
    },
  };
}

/** The id by which later requests refer to it. */
export function idOf({ name }: Pick<SimulatedResponse, 'name'>): string {
  return `resp_${name}`;
}

/** The response as one body. */
export function responseBody(response: SimulatedResponse): object {
  const { isCut, usage } = response;
  const { inputTokens, outputTokens } = usage;
  const status = isCut ? 'incomplete' : 'completed';
  return {
    ...frameOf(response),
    status,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    output: [messageOf(response, status)],
    usage: {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: inputTokens + outputTokens,
    },
  };
}

/** A response as events: what comes before the first token, with each token, and after the last one. */
export class ResponseStream {
  readonly #response: SimulatedResponse;
  readonly #place: object;
  #number = 0;

  constructor(response: SimulatedResponse) {
    this.#response = response;
    this.#place = { item_id: `msg_${response.name}`, output_index: 0, content_index: 0 };
  }

  get tokens(): number {
    return tokensOf(this.#response.text);
  }

  opening(): string {
    const begun = { ...frameOf(this.#response), status: 'in_progress', output: [], usage: null };
    const { item_id: id } = this.#place as { readonly item_id: string };
    const item = { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
    return (
      this.#event('created', { response: begun }) +
      this.#event('in_progress', { response: begun }) +
      this.#event('output_item.added', { output_index: 0, item }) +
      this.#event('content_part.added', { ...this.#place, part: partOf('') })
    );
  }

  /** The event that carries the token at `index`. */
  token(index: number): string {
    const start = index * CHARACTERS_PER_TOKEN;
    const delta = this.#response.text.slice(start, start + CHARACTERS_PER_TOKEN);
    return this.#event('output_text.delta', { ...this.#place, delta, logprobs: [] });
  }

  closing(): string {
    const { text, isCut } = this.#response;
    const status = isCut ? 'incomplete' : 'completed';
    const item = messageOf(this.#response, status);
    return (
      this.#event('output_text.done', { ...this.#place, text, logprobs: [] }) +
      this.#event('content_part.done', { ...this.#place, part: partOf(text) }) +
      this.#event('output_item.done', { output_index: 0, item }) +
      this.#event(status, { response: responseBody(this.#response) })
    );
  }

  #event(name: string, fields: object): string {
    const type = `response.${name}`;
    const json = { type, sequence_number: this.#number++, ...fields };
    return `event: ${type}\ndata: ${JSON.stringify(json)}\n\n`;
  }
}

function frameOf(response: SimulatedResponse): object {
  return {
    id: idOf(response),
    object: 'response',
    created_at: response.created,
    model: response.model,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    previous_response_id: response.previous ?? null,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
  };
}

function messageOf({ name, text }: SimulatedResponse, status: string): object {
  const id = `msg_${name}`;
  return { id, type: 'message', status, role: 'assistant', content: [partOf(text)] };
}

function partOf(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}
