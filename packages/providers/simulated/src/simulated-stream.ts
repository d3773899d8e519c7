import { type Chat, toolCall } from './simulated-chat.ts';
import { CHARACTERS_PER_TOKEN, wireUsage } from './simulated-usage.ts';

/** A chat completion as events: what comes before the first token, with each token, and after the last one. */
export class ChatStream {
  readonly #chat: Chat;
  readonly #hasUsage: boolean;
  readonly #frame: string;

  constructor(chat: Chat, hasUsage: boolean) {
    this.#chat = chat;
    this.#hasUsage = hasUsage;
    const { id, created, model } = chat;
    const fields = { id, object: 'chat.completion.chunk', created, model };
    const frame = JSON.stringify({ ...fields, system_fingerprint: 'simulated' });
    this.#frame = `data: ${frame.slice(0, -1)},"choices":[`;
  }

  get tokens(): number {
    return Math.ceil(this.#chat.text.length / CHARACTERS_PER_TOKEN);
  }

  opening(): string {
    const { tool } = this.#chat;
    if (tool === undefined) return this.#events({ role: 'assistant', content: '', refusal: null });
    const call = { index: 0, ...toolCall({ ...this.#chat, text: '' }) };
    return this.#events({ role: 'assistant', content: null, tool_calls: [call] });
  }

  /** The events, one of each choice, that carry the token at `index`. */
  token(index: number): string {
    const start = index * CHARACTERS_PER_TOKEN;
    const piece = this.#chat.text.slice(start, start + CHARACTERS_PER_TOKEN);
    return this.#events(
      this.#chat.tool === undefined
        ? { content: piece }
        : { tool_calls: [{ index: 0, function: { arguments: piece } }] },
    );
  }

  closing(): string {
    const usage = this.#hasUsage
      ? `${this.#frame}],"usage":${JSON.stringify(wireUsage(this.#chat.usage))}}\n\n`
      : '';
    return `${this.#events({}, this.#chat.finishReason)}${usage}data: [DONE]\n\n`;
  }

  #events(delta: object, finishReason: string | null = null): string {
    const what = JSON.stringify({ delta, logprobs: null, finish_reason: finishReason });
    const end = this.#hasUsage ? '],"usage":null}\n\n' : ']}\n\n';
    let events = '';
    for (let index = 0; index < this.#chat.choices; index++) {
      events += `${this.#frame}{"index":${index},${what.slice(1)}${end}`;
    }
    return events;
  }
}
