import type { UpstreamAnswer, UpstreamError, UpstreamToolCall } from './answer.ts';
import { type StreamEvent, typedEvent } from './stream.ts';
import { wordsOf } from './words.ts';

/** What is read of a request for a response. */
export interface ResponseRequest {
  readonly model?: string;
  readonly input?: string | readonly InputItem[];
  readonly instructions?: string | null;
  readonly tools?: readonly { readonly type: string; readonly name?: string }[];
  readonly stream?: boolean;
  readonly store?: boolean | null;
  readonly background?: boolean | null;
  readonly previous_response_id?: string | null;
  readonly conversation?: string | { readonly id: string } | null;
}

interface InputItem {
  readonly type?: string;
  readonly role?: string;
}

/** A response before it is put on the wire. */
export interface ResponseAnswer {
  /** As it is at its end. */
  readonly response: Readonly<Record<string, unknown>> & { readonly id: string };
  /** What was asked, for `input_items`. */
  readonly inputItems: readonly object[];
  readonly output: readonly OutputItem[];
}

/** One item of a response's output, and the pieces in which it is streamed. */
interface OutputItem {
  readonly kind: 'reasoning' | 'message' | 'function_call';
  readonly id: string;
  readonly pieces: readonly string[];
  readonly call?: UpstreamToolCall;
}

/**
 * The response that answers `request`.
 *
 * @param name - what ids are made of: unlike that of any other response.
 */
export function responseFor(
  request: unknown,
  answer: UpstreamAnswer,
  name: string,
  created: number,
): ResponseAnswer {
  const asked = request as ResponseRequest;
  const output = outputFor(asked, answer, name);
  const words = output.reduce((sum, { pieces }) => sum + pieces.length, 0);
  const inputTokens =
    answer.usage?.promptTokens ?? Math.ceil(JSON.stringify(asked.input ?? '').length / 4);
  const outputTokens = answer.usage?.completionTokens ?? words;
  const { conversation } = asked;
  const talk = typeof conversation === 'string' ? { id: conversation } : (conversation ?? null);
  const isCut = answer.finishReason === 'length';
  return {
    output,
    inputItems: inputItemsOf(asked.input, name),
    response: {
      id: `resp_${name}`,
      object: 'response',
      created_at: created,
      status: isCut ? 'incomplete' : 'completed',
      background: asked.background ?? false,
      conversation: talk,
      error: null,
      incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
      instructions: asked.instructions ?? null,
      metadata: {},
      model: answer.model ?? asked.model ?? 'unknown',
      output: output.map((item) => wholeItem(item, isCut ? 'incomplete' : 'completed')),
      parallel_tool_calls: true,
      previous_response_id: asked.previous_response_id ?? null,
      store: asked.store ?? true,
      temperature: 1,
      tool_choice: 'auto',
      tools: asked.tools ?? [],
      top_p: 1,
      usage: {
        input_tokens: inputTokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: outputTokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: inputTokens + outputTokens,
      },
    },
  };
}

/** The response as it is while it is made. */
export function begun({ response }: ResponseAnswer): ResponseAnswer['response'] {
  return { ...response, status: 'in_progress', incomplete_details: null, output: [], usage: null };
}

/** The response as it is when it could not be made. */
export function failed({ response }: ResponseAnswer, error: UpstreamError): object {
  const { code, type, message } = error;
  return {
    ...response,
    status: 'failed',
    incomplete_details: null,
    output: [],
    usage: null,
    error: { code: code ?? type, message },
  };
}

/** The response as the events of a stream. */
export function* responseEvents(answer: ResponseAnswer): Generator<StreamEvent> {
  const { output, response } = answer;
  let number = 0;
  const event = (
    kind: StreamEvent['kind'],
    type: string,
    json: Readonly<Record<string, unknown>>,
  ): StreamEvent => typedEvent(kind, `response.${type}`, { sequence_number: number++, ...json });

  yield event('event', 'created', { response: begun(answer) });
  yield event('event', 'in_progress', { response: begun(answer) });
  for (const [index, item] of output.entries()) {
    const place = { output_index: index, item_id: item.id };
    yield event('event', 'output_item.added', { output_index: index, item: emptyItem(item) });
    const part = partOf(item);
    if (part !== undefined) {
      yield event('event', `${part.name}.added`, { ...place, ...part.index, part: part.of('') });
    }
    for (const piece of item.pieces) {
      const json = { ...place, ...part?.index, delta: piece, ...part?.extra };
      yield event('content', `${textOf(item)}.delta`, json);
    }
    const text = item.pieces.join('');
    const whole = item.kind === 'function_call' ? { arguments: text } : { text };
    yield event('event', `${textOf(item)}.done`, {
      ...place,
      ...part?.index,
      ...whole,
      ...part?.extra,
    });
    if (part !== undefined) {
      yield event('event', `${part.name}.done`, { ...place, ...part.index, part: part.of(text) });
    }
    const done = wholeItem(item, 'completed');
    yield event('event', 'output_item.done', { output_index: index, item: done });
  }
  const last = response['status'] === 'incomplete' ? 'incomplete' : 'completed';
  yield event('finish', last, { response });
}

function outputFor(asked: ResponseRequest, answer: UpstreamAnswer, name: string): OutputItem[] {
  const output: OutputItem[] = [];
  if (answer.reasoning !== undefined) {
    output.push({ kind: 'reasoning', id: `rs_${name}`, pieces: wordsOf(answer.reasoning) });
  }
  const calls = answer.toolCalls ?? (answer.text === undefined ? callsFor(asked) : []);
  for (const [index, call] of calls.entries()) {
    const half = Math.ceil(call.arguments.length / 2);
    const pieces = [call.arguments.slice(0, half), call.arguments.slice(half)];
    output.push({ kind: 'function_call', id: `fc_${name}_${index}`, pieces, call });
  }
  if (calls.length === 0) {
    const pieces = wordsOf(answer.text ?? 'Hello from the upstream.');
    output.push({ kind: 'message', id: `msg_${name}`, pieces });
  }
  return output;
}

function callsFor({ tools = [], input }: ResponseRequest): UpstreamToolCall[] {
  const last = Array.isArray(input) ? (input.at(-1) as InputItem | undefined) : undefined;
  const name = tools.find(({ type }) => type === 'function')?.name;
  if (name === undefined || last?.type === 'function_call_output') return [];
  return [{ name, arguments: '{"city": "Oslo"}' }];
}

function inputItemsOf(input: ResponseRequest['input'], name: string): object[] {
  const items =
    typeof input === 'string'
      ? [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
      : (input ?? []);
  return items.map((item, index) => ({ id: `in_${name}_${index}`, status: 'completed', ...item }));
}

/** What the events that carry an item's text are named by. */
function textOf({ kind }: OutputItem): string {
  return {
    reasoning: 'reasoning_summary_text',
    message: 'output_text',
    function_call: 'function_call_arguments',
  }[kind];
}

interface Part {
  readonly name: string;
  readonly index: object;
  readonly of: (text: string) => object;
  /** What events of its text have besides. */
  readonly extra: object;
}

/** The part of an item that its text is in; the arguments of a call stand in the item itself. */
function partOf({ kind }: OutputItem): Part | undefined {
  if (kind === 'function_call') return undefined;
  if (kind === 'reasoning') {
    const of = (text: string): object => ({ type: 'summary_text', text });
    return { name: 'reasoning_summary_part', index: { summary_index: 0 }, of, extra: {} };
  }
  const of = (text: string): object => ({
    type: 'output_text',
    text,
    annotations: [],
    logprobs: [],
  });
  return { name: 'content_part', index: { content_index: 0 }, of, extra: { logprobs: [] } };
}

function emptyItem(item: OutputItem): object {
  const { kind, id, call } = item;
  if (kind === 'reasoning') return { type: kind, id, summary: [] };
  if (kind === 'message') {
    return { type: kind, id, status: 'in_progress', role: 'assistant', content: [] };
  }
  const { name } = call!;
  return { type: kind, id, status: 'in_progress', call_id: `call_${id}`, name, arguments: '' };
}

function wholeItem(item: OutputItem, status: string): object {
  const text = item.pieces.join('');
  if (item.kind === 'reasoning') return { ...emptyItem(item), summary: [partOf(item)!.of(text)] };
  if (item.kind === 'message')
    return { ...emptyItem(item), status, content: [partOf(item)!.of(text)] };
  return { ...emptyItem(item), status, arguments: text };
}
