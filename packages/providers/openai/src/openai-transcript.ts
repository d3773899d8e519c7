import type { Request, Target, Transcript, Usage, WireRequest } from '@plimsoll/core';
import { choiceHasContent, eventsOf, withoutText } from './openai-event.ts';
import { modelAsked } from './openai-request.ts';
import type { WireChoice, WireDelta, WireEvent } from './openai-wire.ts';

/** Bytes kept as they came before they are decoded: a stream is ten times the size of its text. */
const MOST_PENDING_BYTES = 16 * 1024;

/** Whether another target could go on with the answer: a stream of one text, and nothing that it must agree with. */
export function canBeTakenOver({ path, json }: WireRequest): boolean {
  const { stream, n, tools, functions, logprobs, modalities } = json;
  const format = json['response_format'] as { readonly type?: unknown } | null | undefined;
  return (
    path === '/chat/completions' &&
    stream === true &&
    (n ?? 1) === 1 &&
    isEmpty(tools) &&
    isEmpty(functions) &&
    (format?.type ?? 'text') === 'text' &&
    (logprobs ?? false) === false &&
    (!Array.isArray(modalities) || modalities.every((one) => one === 'text'))
  );
}

function isEmpty(list: unknown): boolean {
  return list === undefined || list === null || (Array.isArray(list) && list.length === 0);
}

/**
 * Tokens of an answer whose usage was never told: about four characters each, and at least one in every event.
 *
 * @param events - how many events had text in them.
 */
export function estimatedUsage(
  request: Request<WireRequest>,
  events: number,
  characters: number,
): Usage {
  const { json, body } = request.payload;
  const promptBytes = body?.length ?? JSON.stringify(json).length;
  return {
    inputTokens: request.inputTokens ?? Math.ceil(promptBytes / 4),
    outputTokens: Math.max(events, Math.ceil(characters / 4)),
  };
}

/** Keeps what a stream has given, so that another target can go on with it. Decodes as late as it can. */
export class TranscriptKeeper {
  readonly #request: Request<WireRequest>;
  readonly #target: Target;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #head: { readonly id: string; readonly created: number; readonly model: string } | undefined;
  #text = '';
  #events = 0;
  /** Something was given that no other target could go on with. */
  #isLost = false;

  constructor(request: Request<WireRequest>, target: Target) {
    this.#request = request;
    this.#target = target;
  }

  /** Takes whole events, as they are handed on. */
  add(bytes: Buffer): void {
    if (this.#isLost) return;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > MOST_PENDING_BYTES) this.#decode();
  }

  /** @param usage - what the API has told of it so far. */
  transcript(usage: Usage | undefined): Transcript | undefined {
    this.#decode();
    if (this.#isLost || this.#head === undefined) return undefined;
    return {
      dialect: 'openai',
      ...this.#head,
      targetModel: modelAsked(this.#target.model, this.#request.payload.json),
      text: this.#text,
      usage: usage ?? estimatedUsage(this.#request, this.#events, this.#text.length),
    };
  }

  #decode(): void {
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const bytes of pending) {
      for (const { data } of eventsOf(bytes)) {
        if (data !== undefined && data.startsWith('{')) this.#read(JSON.parse(data) as WireEvent);
      }
    }
  }

  #read(event: WireEvent): void {
    const { id, created, model, choices } = event;
    // Azure begins with an event that has neither.
    if (typeof id === 'string' && id !== '' && typeof model === 'string') {
      this.#head ??= { id, created: typeof created === 'number' ? created : 0, model };
    }
    if (!Array.isArray(choices)) return;
    for (const choice of choices as readonly WireChoice[]) {
      const text = textOf(choice.delta);
      if (text !== '') this.#events++;
      this.#text += text;
      if ((choice.index ?? 0) !== 0 || hasMoreThanText(choice)) this.#isLost = true;
    }
  }
}

export function textOf(delta: WireDelta | null | undefined): string {
  return typeof delta?.content === 'string' ? delta.content : '';
}

/**
 * Whether the caller sees something besides text in it that another target would have to go on with. Reasoning is not:
 * it comes before the text, and is left as far as it came.
 */
export function hasMoreThanText(choice: WireChoice): boolean {
  const content = choice.delta?.content;
  return (
    choiceHasContent({ ...choice, delta: withoutText(choice.delta) }) ||
    // Mistral puts reasoning and references into a list of parts.
    (typeof content === 'object' && content !== null)
  );
}
