import type { Random, Usage } from '@plimsoll/core';
import { exampleOf } from './schema-example.ts';
import { CHARACTERS_PER_TOKEN, textIn, tokensOf } from './simulated-usage.ts';
import type { WireChatRequest, WireFunction } from './simulated-wire.ts';

/** A chat completion before it is put into bytes. */
export interface Chat {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly choices: number;
  /** What every choice says: text, or the arguments of the tool call. */
  readonly text: string;
  /** The name of the tool that is called instead of saying the text. */
  readonly tool: string | undefined;
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
  readonly usage: Usage;
}

const opening = 'This is a simulated answer.';
const words = ['waves', 'carry', 'cargo', 'over', 'calm', 'water', 'while', 'ports', 'wait', 'and'];

/** Text of exactly `tokens` tokens that shows where it is from. */
export function simulatedText(tokens: number, random: Random): string {
  const length = tokens * CHARACTERS_PER_TOKEN;
  let text = opening;
  while (text.length < length) text += ` ${words[random.below(words.length)]!}`;
  return text.slice(0, length);
}

/** How many tokens of output a request allows at most. */
export function outputLimit(request: WireChatRequest): number {
  const limit = request.max_completion_tokens ?? request.max_tokens;
  return typeof limit === 'number' && limit > 0 ? Math.floor(limit) : Infinity;
}

/** How many choices a request asks for. */
export function choicesAsked(request: WireChatRequest): number {
  const { n } = request;
  return typeof n === 'number' && Number.isInteger(n) && n > 0 ? n : 1;
}

/** What the model answers to `request`, which has messages. */
export function chatFor(
  request: WireChatRequest,
  frame: Pick<Chat, 'id' | 'created' | 'model'>,
  outputTokens: number,
  random: Random,
): Chat {
  const choices = choicesAsked(request);
  const tool = toolAskedFor(request);
  let text = simulatedText(outputTokens, random);
  if (tool !== undefined) text = JSON.stringify(exampleOf(tool.parameters) ?? {});
  else if (request.response_format !== undefined) text = jsonOrText(request.response_format, text);

  const limit = outputLimit(request) * CHARACTERS_PER_TOKEN;
  const isCut = text.length > limit;
  if (isCut) text = text.slice(0, limit);
  const finished = tool === undefined ? 'stop' : 'tool_calls';
  return {
    ...frame,
    choices,
    text,
    tool: tool === undefined ? undefined : String(tool.name),
    finishReason: isCut ? 'length' : finished,
    usage: {
      inputTokens: tokensOf(textIn(request.messages)),
      outputTokens: tokensOf(text) * choices,
    },
  };
}

/** The tool that the caller demands; one that is merely offered is not called. */
function toolAskedFor({ tools, tool_choice: choice }: WireChatRequest): WireFunction | undefined {
  if (!Array.isArray(tools) || choice === undefined || choice === 'auto' || choice === 'none') {
    return undefined;
  }
  const offered = (tools as NonNullable<WireChatRequest['tools']>).map((tool) => tool.function);
  if (typeof choice === 'string') return offered[0];
  return offered.find((tool) => tool?.name === choice.function?.name);
}

function jsonOrText(format: NonNullable<WireChatRequest['response_format']>, text: string): string {
  if (format.type === 'json_object') return JSON.stringify({ answer: text });
  if (format.type === 'json_schema') return JSON.stringify(exampleOf(format.json_schema?.schema));
  return text;
}

/** The completion as one body. */
export function chatBody(chat: Chat): object {
  const message =
    chat.tool === undefined
      ? { role: 'assistant', content: chat.text, refusal: null }
      : { role: 'assistant', content: null, refusal: null, tool_calls: [toolCall(chat)] };
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
    system_fingerprint: 'simulated',
  };
}

export function toolCall(chat: Chat): object {
  return {
    id: `call_${chat.id}`,
    type: 'function',
    function: { name: chat.tool, arguments: chat.text },
  };
}
