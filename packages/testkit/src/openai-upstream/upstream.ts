import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock } from '@plimsoll/core';

import type { UpstreamAnswer } from './answer.ts';
import { chatBody, chatEvents, chatFor, type ChatRequest, givenBeginning } from './chat.ts';
import { completionBody, completionEvents, completionFor } from './completion.ts';
import { embeddingsBody } from './embeddings.ts';
import { upstreamErrors } from './errors.ts';
import { Exchange, type UpstreamRequest } from './exchange.ts';
import {
  moderationBody,
  picturesBody,
  pictureStream,
  soundOf,
  soundStream,
  transcriptBody,
  transcriptStream,
} from './media.ts';
import { playBody, playSound, playStream, withFault } from './play.ts';
import { Responses } from './responses.ts';
import { type EventStream, plainErrorEvent } from './stream.ts';
import { systemClock } from './system.ts';

/** Options of `openAIUpstream`. */
export interface OpenAIUpstreamOptions {
  /** Keys that are accepted as `Authorization: Bearer …`. @defaultValue any, and none at all */
  readonly apiKeys?: readonly string[];
  /** What `GET /models` lists. @defaultValue `['gpt-test']` */
  readonly models?: readonly string[];
  /** What delays and records are measured on: a manual clock makes 20 s pass at once. @defaultValue the system's */
  readonly clock?: Clock;
}

/**
 * An OpenAI API on loopback that goes wrong when told to: below `/v1` chat completions (streamed or not, tools, JSON mode,
 * several choices), text completions, responses and what is kept of them, embeddings, moderations, sound and pictures
 * (JSON or forms), the list of models. It speaks HTTP by `node:http`, not through a mock, so that torn packets, resets and
 * back-pressure are real.
 */
export interface OpenAIUpstream extends AsyncDisposable {
  /** Listens on the loopback interface, at first on a free port, later on the same one; resolves to `url`. */
  listen(): Promise<string>;
  /** The base URL, with `/v1`. Throws before `listen`. */
  readonly url: string;
  /** How the next requests are answered, one each, before `always` counts again. */
  next(...answers: readonly UpstreamAnswer[]): void;
  /** How all requests are answered from now on; `{}` makes all well again. */
  always(answer: UpstreamAnswer): void;
  /** Everything received, in the order of arrival. */
  readonly requests: readonly UpstreamRequest[];
  /** Requests whose client closed the connection before the answer had ended. */
  readonly aborted: readonly UpstreamRequest[];
  /** Requests that are being answered. */
  readonly activeRequests: number;
  readonly activeConnections: number;
  /** Resolves once `condition` holds; it is asked whenever a request comes, waits, blocks, ends or closes. */
  until(condition: () => boolean): Promise<void>;
  /** Forgets the script and what was received. */
  clear(): void;
  /** Ends all connections; new ones are refused until `listen` opens the same port again. */
  close(): Promise<void>;
}

/** An upstream that does not listen yet. */
export function openAIUpstream(options: OpenAIUpstreamOptions = {}): OpenAIUpstream {
  return new LoopbackUpstream(options);
}

class LoopbackUpstream implements OpenAIUpstream {
  readonly #apiKeys: readonly string[] | undefined;
  readonly #models: readonly string[];
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #responses = new Responses();
  #port: number | undefined;
  #connections = 0;
  #answers: UpstreamAnswer[] = [];
  #always: UpstreamAnswer = {};
  #exchanges: Exchange[] = [];
  readonly #waiting = new Set<{ condition: () => boolean; resolve: () => void }>();

  constructor(options: OpenAIUpstreamOptions) {
    this.#apiKeys = options.apiKeys;
    this.#models = options.models ?? ['gpt-test'];
    this.#clock = options.clock ?? systemClock;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('connection', (socket) => {
      this.#connections++;
      this.#changed();
      socket.on('close', () => {
        this.#connections--;
        this.#changed();
      });
    });
  }

  get url(): string {
    if (this.#port === undefined) throw new Error('openAIUpstream: listen() first');
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  get requests(): readonly UpstreamRequest[] {
    return this.#exchanges;
  }

  get aborted(): readonly UpstreamRequest[] {
    return this.#exchanges.filter((exchange) => exchange.abortedMs !== undefined);
  }

  get activeRequests(): number {
    return this.#exchanges.reduce((count, exchange) => count + (exchange.isOver ? 0 : 1), 0);
  }

  get activeConnections(): number {
    return this.#connections;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port ?? 0, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this.url;
  }

  next(...answers: readonly UpstreamAnswer[]): void {
    this.#answers.push(...answers);
  }

  always(answer: UpstreamAnswer): void {
    this.#always = answer;
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => this.#waiting.add({ condition, resolve }));
  }

  clear(): void {
    this.#answers = [];
    this.#always = {};
    this.#exchanges = [];
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #changed(): void {
    for (const waiting of this.#waiting) {
      if (!waiting.condition()) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request, response, this.#clock, () => this.#changed());
    this.#exchanges.push(exchange);
    const answer = this.#answers.shift() ?? this.#always;
    const number = this.#exchanges.length;
    if (!(await exchange.read())) return;
    const { fault } = answer;
    if (fault === 'reset_before_head') return exchange.reset();
    if (fault === 'close_before_head') return exchange.close();
    if (fault === 'hang_before_head') return;
    await exchange.delay(answer.headDelayMs ?? 0);
    response.setHeader('x-request-id', `req_${number}`);
    await this.#play(exchange, answer, number);
  }

  async #play(exchange: Exchange, answer: UpstreamAnswer, number: number): Promise<void> {
    const { method, path, json, form, headers } = exchange;
    const key = String(headers.authorization ?? '').replace(/^Bearer /, '');
    const refusal = (error: UpstreamAnswer): Promise<void> =>
      playBody(exchange, answer, { error: error.error }, error.status!);

    if (answer.body !== undefined) {
      return playBody(exchange, answer, answer.body, answer.status ?? 200);
    }
    const isTold = answer.fault === 'error_event' || answer.fault === 'failed_response';
    if (answer.error !== undefined && !isTold) {
      return playBody(exchange, answer, { error: answer.error }, answer.status ?? 500);
    }
    if (this.#apiKeys !== undefined && !this.#apiKeys.includes(key)) {
      return refusal(upstreamErrors.invalidKey);
    }
    const route = `${method} ${path.replace(/\?.*/, '')}`;
    if (route === 'GET /v1/models') return playBody(exchange, answer, this.#modelList(), 200);
    const [, id, action] = /^\w+ \/v1\/responses\/(resp_\w+)(.*)$/.exec(route) ?? [];
    if (id !== undefined) return this.#responses.serve(exchange, answer, id, action!);
    if (method === 'POST' && json === undefined && form === undefined) {
      return refusal(malformedRequest);
    }
    const reply = (body: unknown): Promise<void> =>
      playBody(exchange, answer, body, answer.status ?? 200);
    const created = Math.floor(this.#clock.epochMs() / 1000);
    const name = `${this.#port}_${number}`;
    const asked = json ?? form ?? {};
    // As a form says it, too.
    const isStream = String(asked['stream']) === 'true';
    switch (route) {
      case 'POST /v1/chat/completions':
      // DeepSeek continues a given beginning below `/beta` alone.
      case 'POST /beta/chat/completions': {
        const { messages } = asked as ChatRequest;
        if (givenBeginning(messages) !== undefined && answer.beginning === 'refused') {
          return refusal(upstreamErrors.refusedBeginning);
        }
        const chat = chatFor(asked, answer, `chatcmpl-${number}`, created);
        if (isStream) return playStream(exchange, answer, plainStream(chatEvents(chat)));
        return reply(withFault(chatBody(chat), answer));
      }
      case 'POST /v1/completions': {
        const completion = completionFor(asked, answer, `cmpl-${number}`, created);
        if (isStream)
          return playStream(exchange, answer, plainStream(completionEvents(completion)));
        return reply(withFault(completionBody(completion), answer));
      }
      case 'POST /v1/responses':
        return this.#responses.create(exchange, answer, name, created);
      case 'POST /v1/embeddings':
        return reply(embeddingsBody(json, answer));
      case 'POST /v1/moderations':
        return reply(moderationBody(asked['input'], asked['model'], name));
      case 'POST /v1/audio/speech':
        if (asked['stream_format'] === 'sse') {
          return playStream(exchange, answer, soundStream(answer));
        }
        return playSound(exchange, answer, soundOf(answer), 'audio/mpeg');
      case 'POST /v1/audio/transcriptions':
      case 'POST /v1/audio/translations':
        if (isStream) return playStream(exchange, answer, transcriptStream(answer));
        return reply(transcriptBody(form ?? {}, answer));
      case 'POST /v1/images/generations':
        if (isStream)
          return playStream(exchange, answer, pictureStream('image_generation', answer));
        return reply(picturesBody(Number(asked['n'] ?? 1), answer, created));
      case 'POST /v1/images/edits':
        if (isStream) return playStream(exchange, answer, pictureStream('image_edit', answer));
        return reply(picturesBody(Number(asked['n'] ?? 1), answer, created));
      case 'POST /v1/images/variations':
        return reply(picturesBody(Number(asked['n'] ?? 1), answer, created));
      default:
        return refusal(upstreamErrors.unknownPath);
    }
  }

  #modelList(): unknown {
    const data = this.#models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'test' }));
    return { object: 'list', data };
  }
}

const malformedRequest: UpstreamAnswer = {
  status: 400,
  error: {
    message: 'We could not parse the JSON body of your request.',
    type: 'invalid_request_error',
    param: null,
    code: null,
  },
};

function plainStream(events: EventStream['events']): EventStream {
  return { events, errorEvent: plainErrorEvent, hasEndMarker: true };
}
