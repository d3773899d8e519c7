import {
  type AttemptControl,
  type AttemptEnd,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type RateLimitFact,
  type Request,
  type Target,
  type Transcript,
  type Usage,
  type WireHead,
  type WireRequest,
} from '@plimsoll/core';
import type { Endpoint } from './endpoint.ts';
import { isEventStream } from './openai-answer.ts';
import { startAttempt } from './openai-attempt.ts';
import { betaPath, type ContinuationRequest, continuationOf } from './openai-continuation.ts';
import { choiceHasContent, eventsOf, withoutText } from './openai-event.ts';
import { modelAsked } from './openai-request.ts';
import { estimatedUsage, hasMoreThanText, textOf } from './openai-transcript.ts';
import type { WireChoice, WireEvent, WireUsage } from './openai-wire.ts';
import { Seam } from './seam.ts';

/** Handed on for what the caller has already: the model works, though there is nothing new of it. */
const NOTHING_NEW = Buffer.alloc(0);

/**
 * Goes on with an answer that broke off. Where the API can continue a given text that is asked for; where it cannot, or
 * refuses, the answer is begun anew and left out as far as it is the same.
 */
export function resumeAttempt(
  endpoint: Endpoint,
  target: Target,
  request: Request<WireRequest>,
  transcript: Transcript,
  sink: AttemptSink<WireHead, Uint8Array>,
): AttemptControl {
  return new Resumption(endpoint, target, request, transcript, sink);
}

/** An attempt whose events are written anew: with the id of the answer they go on with, and only what is new of it. */
class Resumption implements AttemptControl, AttemptSink<WireHead, Uint8Array> {
  readonly #endpoint: Endpoint;
  readonly #target: Target;
  readonly #request: Request<WireRequest>;
  readonly #transcript: Transcript;
  readonly #sink: AttemptSink<WireHead, Uint8Array>;
  readonly #modelAsked: string | undefined;
  #attempt: AttemptControl;
  #seam: Seam;
  /** Whether the API has been asked to continue, and not answered yet. */
  #mayBeRefused: boolean;
  /** What an answer said that may still turn out to be a refusal: there is one more behind it then. */
  #limits: readonly RateLimitFact[] | undefined;
  #isOver = false;
  #isPaused = false;
  /** Tokens of the attempts before this one. */
  readonly #earlier: Usage;
  /** The model as the caller sees it in this part of the answer. */
  #model: string;
  #text: string;
  #isLost = false;
  #hasAnswered = false;
  #events = 0;
  #characters = 0;

  constructor(
    endpoint: Endpoint,
    target: Target,
    request: Request<WireRequest>,
    transcript: Transcript,
    sink: AttemptSink<WireHead, Uint8Array>,
  ) {
    this.#endpoint = endpoint;
    this.#target = target;
    this.#request = request;
    this.#transcript = transcript;
    this.#sink = sink;
    this.#earlier = sumOf(transcript.usage, transcript.earlier);
    this.#model = transcript.model;
    this.#text = transcript.text;
    const { json } = request.payload;
    this.#modelAsked = modelAsked(target.model, json);
    const continuation = endpoint.refusesBeginnings.has(target)
      ? undefined
      : continuationOf(endpoint.continuation, json, transcript);
    this.#mayBeRefused = continuation !== undefined;
    if (continuation === undefined) {
      this.#seam = seamOfRestart(transcript);
      this.#attempt = startAttempt(endpoint, target, request, this);
    } else {
      this.#seam = seamOfContinuation(endpoint, transcript, continuation);
      this.#attempt = this.#continue(continuation);
    }
  }

  // The engine's control.

  pause(): void {
    this.#isPaused = true;
    this.#attempt.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#attempt.resume();
  }

  abort(): void {
    this.#isOver = true;
    this.#attempt.abort();
  }

  transcript(): Transcript | undefined {
    if (this.#isLost) return undefined;
    return {
      ...this.#transcript,
      model: this.#model,
      targetModel: this.#modelAsked,
      text: this.#text,
      usage: this.#usage(),
      earlier: this.#earlier,
    };
  }

  // What the attempt tells.

  onConnect(): void {
    this.#sink.onConnect();
  }

  onLimits(facts: readonly RateLimitFact[]): void {
    if (this.#mayBeRefused) this.#limits = facts;
    else this.#sink.onLimits?.(facts);
  }

  onHead(head: WireHead): void {
    this.#tellLimits();
    if (this.#isOver) return;
    this.#mayBeRefused = false;
    this.#hasAnswered = true;
    if (isEventStream(head.headers['content-type'])) this.#sink.onHead(head);
    else this.#fail('the answer is no stream');
  }

  onChunk(bytes: Uint8Array, kind: ChunkKind): void {
    if (this.#isOver) return;
    if (kind === ChunkKind.filler) {
      this.#sink.onChunk(bytes, kind);
      return;
    }
    let written = '';
    let writtenKind: ChunkKind = ChunkKind.event;
    for (const { data } of eventsOf(bytes)) {
      if (data === '[DONE]') written += 'data: [DONE]\n\n';
      if (data === undefined || !data.startsWith('{')) continue;
      const event = JSON.parse(data) as WireEvent;
      const [choice] = Array.isArray(event.choices) ? (event.choices as readonly WireChoice[]) : [];
      const text = choice === undefined ? '' : this.#newText(choice);
      if (text === undefined) {
        this.#fail('the new answer differs from what was sent of the first');
        return;
      }
      this.#text += text;
      const rest = choice === undefined ? undefined : withText(choice, text);
      if (rest !== undefined && choiceHasContent(rest)) writtenKind = ChunkKind.content;
      if (rest === undefined || tellsSomething(rest) || isObject(event.usage)) {
        written += `data: ${JSON.stringify(this.#signed(event, rest))}\n\n`;
      }
    }
    this.#sink.onChunk(written === '' ? NOTHING_NEW : Buffer.from(written), writtenKind);
  }

  onEnd(end: AttemptEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.onEnd(end);
  }

  onError(failure: Failure): void {
    if (this.#isOver) return;
    if (this.#mayBeRefused && isRefusal(failure)) {
      this.#restart();
      return;
    }
    this.#tellLimits();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.onError(failure);
  }

  #tellLimits(): void {
    if (this.#limits !== undefined) this.#sink.onLimits?.(this.#limits);
    this.#limits = undefined;
  }

  #continue({ json }: ContinuationRequest): AttemptControl {
    const payload: WireRequest = { ...this.#request.payload, json, body: undefined };
    const endpoint =
      this.#endpoint.continuation === 'deepseek' ? onBeta(this.#endpoint) : this.#endpoint;
    return startAttempt(endpoint, this.#target, { ...this.#request, payload }, this);
  }

  #restart(): void {
    this.#mayBeRefused = false;
    this.#limits = undefined;
    this.#endpoint.refusesBeginnings.add(this.#target);
    this.#seam = seamOfRestart(this.#transcript);
    this.#attempt = startAttempt(this.#endpoint, this.#target, this.#request, this);
    if (this.#isPaused) this.#attempt.pause();
  }

  /** The text of `choice` that the caller does not have; `undefined` if the answer is another one. */
  #newText(choice: WireChoice): string | undefined {
    const text = textOf(choice.delta);
    if (text !== '') this.#events++;
    this.#characters += text.length;
    if (hasMoreThanText(choice)) this.#isLost = true;
    const begun = this.#seam.take(text);
    if (begun === undefined || !isFinished(choice)) return begun;
    const ended = this.#seam.end();
    return ended === undefined ? undefined : begun + ended;
  }

  /** `event` as one of the answer that it goes on with. */
  #signed(event: WireEvent, choice: WireChoice | undefined): object {
    const { id, created, targetModel } = this.#transcript;
    const isAcrossModels = targetModel !== undefined && targetModel !== this.#modelAsked;
    if (isAcrossModels && typeof event.model === 'string') this.#model = event.model;
    const choices = choice === undefined ? event.choices : [choice];
    const signed = { ...event, id, created, model: this.#model, choices };
    return isObject(event.usage) ? { ...signed, usage: this.#ofAll(event.usage) } : signed;
  }

  /** The usage of this attempt and of those before it: the caller is told once, at the end of the answer. */
  #ofAll(usage: WireUsage): object {
    const { inputTokens, outputTokens } = this.#earlier;
    return {
      ...usage,
      ...more(usage, 'prompt_tokens', inputTokens),
      ...more(usage, 'completion_tokens', outputTokens),
      ...more(usage, 'total_tokens', inputTokens + outputTokens),
    };
  }

  #usage(): Usage {
    if (!this.#hasAnswered) return { inputTokens: 0, outputTokens: 0 };
    return estimatedUsage(this.#request, this.#events, this.#characters);
  }

  #fail(message: string): void {
    this.#isOver = true;
    this.#attempt.abort();
    this.#sink.onError({ kind: 'stream', verdict: 'failover', message, isHealthFailure: false });
  }
}

/** The new answer has to begin with all that was sent. */
function seamOfRestart({ text }: Transcript): Seam {
  return new Seam({ repeated: text, isRequired: true, optional: '' });
}

function seamOfContinuation(
  { continuation }: Endpoint,
  { text }: Transcript,
  { given }: ContinuationRequest,
): Seam {
  return new Seam({
    repeated: continuation === 'mistral' ? given : '',
    isRequired: false,
    // The spaces at the end of what was sent are not in what was given, so they may come again.
    optional: text.slice(given.length),
  });
}

function onBeta(endpoint: Endpoint): Endpoint {
  return {
    ...endpoint,
    requestOptions(target, payload) {
      const options = endpoint.requestOptions(target, payload);
      return { ...options, path: betaPath(options.path) };
    },
  };
}

/** Whether the API did not take the request as it was changed; everything else would befall the plain one as well. */
function isRefusal({ kind, verdict, isHealthFailure }: Failure): boolean {
  return !isHealthFailure && (verdict === 'fail' || kind === 'model_access');
}

/** `choice` with this text; without what the caller has of the first attempt: the role, its reasoning. */
function withText(choice: WireChoice, text: string): WireChoice {
  const rest = withoutText(choice.delta);
  return { ...choice, delta: text === '' ? rest : { ...rest, content: text } };
}

function tellsSomething(choice: WireChoice): boolean {
  return choiceHasContent(choice) || isFinished(choice);
}

function isFinished({ finish_reason: reason }: WireChoice): boolean {
  return typeof reason === 'string' && reason !== '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function sumOf(one: Usage, other: Usage | undefined): Usage {
  return {
    inputTokens: one.inputTokens + (other?.inputTokens ?? 0),
    outputTokens: one.outputTokens + (other?.outputTokens ?? 0),
  };
}

/** The count under `name`, if there is one, and `tokens` more. */
function more(usage: WireUsage, name: string, tokens: number): object {
  const count = (usage as Readonly<Record<string, unknown>>)[name];
  return typeof count === 'number' ? { [name]: count + tokens } : {};
}
