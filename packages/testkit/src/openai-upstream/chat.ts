import type { UpstreamAnswer, UpstreamToolCall } from './answer.ts';
import type { Body } from './play.ts';
import type { StreamEvent } from './stream.ts';
import { wordsOf } from './words.ts';

/** A chat completion before it is put on the wire: what every choice of it says. */
export interface Chat {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly choices: number;
  /** The text in the pieces in which it is streamed; none when tools are called. */
  readonly pieces: readonly string[];
  readonly toolCalls: readonly UpstreamToolCall[];
  readonly finishReason: string;
  readonly usage: ChatUsage;
  readonly isUsageWanted: boolean;
}

interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

/** What is read of a request for a chat completion. */
export interface ChatRequest {
  readonly model?: string;
  readonly n?: number;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
  readonly messages?: readonly { readonly role: string; readonly content?: unknown }[];
  readonly tools?: readonly { readonly function?: { readonly name: string } }[];
  readonly tool_choice?: string | { readonly function?: { readonly name: string } };
  readonly response_format?: { readonly type: string };
}

/** The completion that answers `request`. */
export function chatFor(
  request: unknown,
  answer: UpstreamAnswer,
  id: string,
  created: number,
): Chat {
  const asked = request as ChatRequest;
  const toolCalls = answer.toolCalls ?? (answer.text === undefined ? toolCallsFor(asked) : []);
  const isJson = (asked.response_format?.type ?? 'text') !== 'text';
  const whole = answer.text ?? (isJson ? '{"greeting": "Hello"}' : 'Hello from the upstream.');
  const text = continuedText(whole, asked, answer.beginning);
  const pieces = toolCalls.length > 0 ? [] : wordsOf(text);
  const choices = asked.n ?? 1;
  const promptTokens =
    answer.usage?.promptTokens ?? Math.ceil(JSON.stringify(asked.messages ?? []).length / 4);
  const completionTokens =
    answer.usage?.completionTokens ?? choices * Math.max(pieces.length, 8 * toolCalls.length);
  return {
    id,
    created,
    model: answer.model ?? asked.model ?? 'unknown',
    choices,
    pieces,
    toolCalls,
    finishReason: answer.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop'),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0 },
    },
    isUsageWanted: asked.stream_options?.include_usage === true,
  };
}

function continuedText(
  text: string,
  { messages = [] }: ChatRequest,
  beginning: UpstreamAnswer['beginning'],
): string {
  const given = givenBeginning(messages);
  if (beginning === undefined || given === undefined || !text.startsWith(given)) return text;
  return beginning === 'repeated' ? text : text.slice(given.length);
}

/** The text of a last message of the assistant. */
export function givenBeginning(messages: ChatRequest['messages']): string | undefined {
  const last = messages?.at(-1);
  return last?.role === 'assistant' && typeof last.content === 'string' ? last.content : undefined;
}

function toolCallsFor({
  tools = [],
  tool_choice: choice,
  messages = [],
}: ChatRequest): UpstreamToolCall[] {
  if (choice === 'none' || messages.at(-1)?.role === 'tool') return [];
  const named = typeof choice === 'object' ? choice.function?.name : undefined;
  const name = named ?? tools[0]?.function?.name;
  return name === undefined ? [] : [{ name, arguments: '{"city": "Oslo"}' }];
}

/** The completion as one body. */
export function chatBody(chat: Chat): Body {
  const message = {
    role: 'assistant',
    content: chat.toolCalls.length > 0 ? null : chat.pieces.join(''),
    refusal: null,
    ...(chat.toolCalls.length > 0 && {
      tool_calls: chat.toolCalls.map((call, index) => ({
        id: callId(chat, index),
        type: 'function',
        function: call,
      })),
    }),
  };
  return {
    id: chat.id,
    object: 'chat.completion',
    created: chat.created,
    model: chat.model,
    choices: Array.from({ length: chat.choices }, (_, index) => ({
      index,
      message,
      logprobs: null,
      finish_reason: chat.finishReason,
    })),
    usage: chat.usage,
  };
}

/** The completion as the events of a stream, the end marker not included. */
export function* chatEvents(chat: Chat): Generator<StreamEvent> {
  for (let choice = 0; choice < chat.choices; choice++) {
    yield event(chat, 'event', choice, { role: 'assistant', content: '', refusal: null });
  }
  for (const piece of chat.pieces) {
    for (let choice = 0; choice < chat.choices; choice++) {
      yield event(chat, 'content', choice, { content: piece });
    }
  }
  for (const [index, call] of chat.toolCalls.entries()) {
    for (let choice = 0; choice < chat.choices; choice++) {
      for (const part of callParts(chat, call, index)) {
        yield event(chat, 'content', choice, { tool_calls: [{ index, ...part }] });
      }
    }
  }
  for (let choice = 0; choice < chat.choices; choice++) {
    yield event(chat, 'finish', choice, {}, chat.finishReason);
  }
  if (chat.isUsageWanted) {
    yield { kind: 'event', json: { ...frame(chat), choices: [], usage: chat.usage } };
  }
}

// The name comes first, the arguments after it in two parts, as the API streams them.
function callParts(chat: Chat, call: UpstreamToolCall, index: number): object[] {
  const half = Math.ceil(call.arguments.length / 2);
  return [
    { id: callId(chat, index), type: 'function', function: { name: call.name, arguments: '' } },
    { function: { arguments: call.arguments.slice(0, half) } },
    { function: { arguments: call.arguments.slice(half) } },
  ];
}

function callId(chat: Chat, index: number): string {
  return `call_${chat.id}_${index}`;
}

function event(
  chat: Chat,
  kind: StreamEvent['kind'],
  index: number,
  delta: unknown,
  finishReason: string | null = null,
): StreamEvent {
  const choices = [{ index, delta, logprobs: null, finish_reason: finishReason }];
  return { kind, json: { ...frame(chat), choices, ...(chat.isUsageWanted && { usage: null }) } };
}

function frame({ id, created, model }: Chat): object {
  return { id, object: 'chat.completion.chunk', created, model };
}
