import {
  type Clock,
  type Random,
  type RateLimitFact,
  seededRandom,
  type Target,
  type WireRequest,
} from '@plimsoll/core';
import { Schedule } from './schedule.ts';
import type { AttemptHost, GoodReply, Reply } from './simulated-attempt.ts';
import { chatBody, chatFor, choicesAsked, outputLimit } from './simulated-chat.ts';
import { embeddingsBody, inputsOf, inputTokensOf } from './simulated-embeddings.ts';
import {
  badRequest,
  serverError,
  throttled,
  tooLargeForLimit,
  unknownModel,
  unknownPath,
  unknownResponse,
} from './simulated-failure.ts';
import { Bucket, formatDuration, limitFact, limitHeaders } from './simulated-limits.ts';
import {
  idOf,
  responseBody,
  responseFor,
  responseLimit,
  ResponseStream,
} from './simulated-response.ts';
import { ChatStream } from './simulated-stream.ts';
import { textIn, tokensOf, wireUsage } from './simulated-usage.ts';
import type { WireChatRequest, WireResponseRequest } from './simulated-wire.ts';

/** The options of `simulated`, all of them decided. */
export interface ModelSettings {
  readonly models: readonly string[] | undefined;
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  readonly jitterRatio: number;
  readonly errorRatio: number;
  readonly outputTokens: number;
  readonly limits: {
    readonly rpm?: number | undefined;
    readonly tpm?: number | undefined;
    readonly concurrency?: number | undefined;
  };
  readonly seed: number;
  readonly clock: Clock;
}

const paths = new Set(['/chat/completions', '/responses', '/embeddings']);

/** As many as OpenAI's API gives. */
const MOST_CHOICES = 128;

/** Responses that can be referred to: the latest. */
const MOST_KEPT = 1000;

/** Models of this process so far: no two give the same id, as no two accounts do. */
let modelsMade = 0;

/** The model: it receives requests, decides what becomes of each, and keeps its limits. */
export class SimulatedModel {
  readonly #settings: ModelSettings;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #requests: Bucket | undefined;
  readonly #tokens: Bucket | undefined;
  readonly #number = ++modelsMade;
  readonly #kept = new Set<string>();
  received = 0;
  inFlight = 0;

  constructor(settings: ModelSettings) {
    const { clock, limits } = settings;
    this.#settings = settings;
    this.#clock = clock;
    this.#schedule = new Schedule(clock);
    const nowMs = clock.now();
    if (limits.rpm !== undefined) this.#requests = new Bucket(limits.rpm, nowMs);
    if (limits.tpm !== undefined) this.#tokens = new Bucket(limits.tpm, nowMs);
  }

  /** What an attempt of one request needs of this model. */
  host(target: Target, payload: WireRequest): AttemptHost {
    return {
      schedule: this.#schedule,
      now: () => this.#clock.now(),
      receive: () => this.#receive(target, payload),
      leave: () => void this.inFlight--,
    };
  }

  #receive(target: Target, payload: WireRequest): Reply {
    const { path, json } = payload;
    const count = ++this.received;
    this.inFlight++;
    // A generator per request: what one does never depends on how others interleave with it.
    const random = seededRandom(this.#settings.seed + count * 0x1_0000_0000);
    const isError = random.float() < this.#settings.errorRatio;
    const model =
      target.model === undefined || target.model === '*' ? String(json['model']) : target.model;

    if (path === '/models')
      return this.#whole(random, count, '', modelList(this.#settings.models), 0);
    if (!paths.has(path)) {
      return { failure: unknownPath(path) };
    }
    if (this.#settings.models !== undefined && !this.#settings.models.includes(model)) {
      return { failure: unknownModel(model) };
    }
    if (isError) return { failure: serverError() };
    switch (path) {
      case '/embeddings':
        return this.#embeddings(json, model, random, count);
      case '/responses':
        return this.#response(json, model, random, count);
      default:
        return this.#chat(json, model, random, count);
    }
  }

  #chat(json: WireRequest['json'], model: string, random: Random, count: number): Reply {
    const request: WireChatRequest = json;
    const { messages } = request;
    if (!Array.isArray(messages) || messages.length === 0) {
      return { failure: badRequest('`messages` must be a list that is not empty.') };
    }
    const choices = choicesAsked(request);
    if (choices > MOST_CHOICES) {
      return { failure: badRequest(`\`n\` must be at most ${MOST_CHOICES}.`) };
    }
    const expected = Math.min(this.#settings.outputTokens, outputLimit(request)) * choices;
    const refusal = this.#admit(tokensOf(textIn(messages)) + expected, model);
    if (refusal !== undefined) return refusal;

    const created = Math.floor(this.#clock.epochMs() / 1000);
    const frame = { id: `chatcmpl-simulated-${count}`, created, model };
    const chat = chatFor(request, frame, this.#settings.outputTokens, random);
    const { usage } = chat;
    if (request.stream !== true) {
      const body = { ...chatBody(chat), usage: wireUsage(usage) };
      return { ...this.#whole(random, count, model, body, tokensOf(chat.text)), usage };
    }
    return {
      ...this.#times(random),
      ...this.#head(count, 'text/event-stream; charset=utf-8'),
      model,
      usage,
      body: new ChatStream(chat, request.stream_options?.include_usage === true),
      tokens: tokensOf(chat.text),
    };
  }

  #response(json: WireRequest['json'], model: string, random: Random, count: number): Reply {
    const request: WireResponseRequest = json;
    const { input, instructions, previous_response_id: previous } = request;
    if (typeof input !== 'string' && !Array.isArray(input)) {
      return { failure: badRequest('`input` must be a text or a list of items.') };
    }
    if (typeof previous === 'string' && !this.#kept.has(previous)) {
      return { failure: unknownResponse(previous) };
    }
    const asked = tokensOf(textIn(instructions) + textIn(input));
    const expected = Math.min(this.#settings.outputTokens, responseLimit(request));
    const refusal = this.#admit(asked + expected, model);
    if (refusal !== undefined) return refusal;

    const created = Math.floor(this.#clock.epochMs() / 1000);
    const frame = { name: `simulated_${this.#number}_${count}`, created, model };
    const response = responseFor(request, frame, this.#settings.outputTokens, random);
    this.#keep(idOf(response));
    const { usage, text } = response;
    const tokens = tokensOf(text);
    if (request.stream !== true) {
      return { ...this.#whole(random, count, model, responseBody(response), tokens), usage };
    }
    return {
      ...this.#times(random),
      ...this.#head(count, 'text/event-stream; charset=utf-8'),
      model,
      usage,
      body: new ResponseStream(response),
      tokens,
    };
  }

  #keep(id: string): void {
    this.#kept.add(id);
    if (this.#kept.size <= MOST_KEPT) return;
    const [oldest] = this.#kept;
    this.#kept.delete(oldest!);
  }

  #embeddings(json: WireRequest['json'], model: string, random: Random, count: number): Reply {
    const inputs = inputsOf(json['input']);
    if (inputs === undefined) return { failure: badRequest('`input` must not be empty.') };
    const inputTokens = inputTokensOf(inputs);
    const refusal = this.#admit(inputTokens, model);
    if (refusal !== undefined) return refusal;
    const reply = this.#whole(random, count, model, embeddingsBody(json, inputs, model), 0);
    return { ...reply, usage: { inputTokens, outputTokens: 0 } };
  }

  #whole(random: Random, count: number, model: string, body: object, tokens: number) {
    return {
      ...this.#times(random),
      ...this.#head(count, 'application/json'),
      model,
      usage: undefined,
      body: Buffer.from(JSON.stringify(body)),
      tokens,
    };
  }

  #times(random: Random): { readonly firstTokenMs: number; readonly tokenMs: number } {
    const { firstTokenMs, tokensPerSecond, jitterRatio } = this.#settings;
    const vary = (ms: number): number => ms * (1 + jitterRatio * (2 * random.float() - 1));
    return { firstTokenMs: vary(firstTokenMs), tokenMs: vary(1000 / tokensPerSecond) };
  }

  /** Takes what the request needs from the limits; a refusal takes nothing. */
  #admit(tokens: number, model: string): Reply | undefined {
    const nowMs = this.#clock.now();
    const headers = this.#limitHeaders(nowMs);
    const limits = this.#limitFacts(nowMs);
    const perMinute = this.#tokens;
    const { concurrency = Infinity } = this.#settings.limits;
    if (this.inFlight > concurrency) {
      const message = `Rate limit reached for ${model}: ${concurrency} requests at once.`;
      return { failure: throttled(undefined, message, 1000, headers), limits };
    }
    if (perMinute !== undefined && tokens > perMinute.limit) {
      return { failure: tooLargeForLimit(tokens, perMinute.limit, headers), limits };
    }
    for (const [dimension, bucket, amount] of [
      ['requests', this.#requests, 1],
      ['tokens', perMinute, tokens],
    ] as const) {
      const waitMs = bucket?.waitMs(amount, nowMs) ?? 0;
      if (bucket === undefined || waitMs === 0) continue;
      const used = bucket.limit - bucket.remaining(nowMs);
      const message =
        `Rate limit reached for ${model} on ${dimension} per min: Limit ${bucket.limit}, ` +
        `Used ${used}, Requested ${amount}. Please try again in ${formatDuration(waitMs)}.`;
      return { failure: throttled(dimension, message, waitMs, headers), limits };
    }
    this.#requests?.take(1, nowMs);
    perMinute?.take(tokens, nowMs);
    return undefined;
  }

  /** The head of a good answer, and what it tells of the limits. */
  #head(count: number, contentType: string): Pick<GoodReply, 'head' | 'limits'> {
    const nowMs = this.#clock.now();
    const headers = {
      'content-type': contentType,
      'x-request-id': `req_simulated_${count}`,
      ...this.#limitHeaders(nowMs),
    };
    return { head: { status: 200, headers }, limits: this.#limitFacts(nowMs) };
  }

  #limitHeaders(nowMs: number): Record<string, string> {
    return {
      ...(this.#requests && limitHeaders('requests', this.#requests, nowMs)),
      ...(this.#tokens && limitHeaders('tokens', this.#tokens, nowMs)),
    };
  }

  #limitFacts(nowMs: number): readonly RateLimitFact[] | undefined {
    const facts: RateLimitFact[] = [];
    if (this.#requests !== undefined) facts.push(limitFact('requests', this.#requests, nowMs));
    if (this.#tokens !== undefined) facts.push(limitFact('tokens', this.#tokens, nowMs));
    return facts.length === 0 ? undefined : facts;
  }
}

function modelList(models: readonly string[] = ['simulated']): object {
  const data = models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'plimsoll' }));
  return { object: 'list', data };
}
