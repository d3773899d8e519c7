import {
  type AttemptControl,
  type AttemptEnd,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type Request,
  type Target,
  type Transcript,
  type WireHead,
  type WireRequest,
} from '@plimsoll/core';
import type { Dispatcher } from 'undici';
import type { Endpoint } from './endpoint.ts';
import {
  afterContent,
  brokenAnswer,
  classifyAnswer,
  connectionFailure,
  notKept,
  unsendable,
} from './openai-failure.ts';
import {
  headOf,
  isBinary,
  isEncoded,
  isErrorBody,
  isEventStream,
  isJson,
  isResponse,
  parsed,
} from './openai-answer.ts';
import { limitsIn } from './openai-limits.ts';
import { choicesAsked, isOfStoredResponse, prepareBody } from './openai-request.ts';
import { type StreamListener, StreamScanner } from './openai-stream.ts';
import { canBeTakenOver, TranscriptKeeper } from './openai-transcript.ts';
import { endAtEdges, endOfJson } from './openai-usage.ts';
import { redacted } from './redact.ts';

/** Answers that are errors are read up to this many bytes. */
const MOST_ERROR_BYTES = 1024 * 1024;

/** Given to undici with an abort; nobody sees it. */
const GIVEN_UP = new Error('the attempt was given up');

/** What is done with the bytes of an answer: */
type Mode =
  /** read as a stream of events */
  | 'events'
  /** collected, and handed on in one piece */
  | 'whole'
  /** collected, and classified */
  | 'error'
  /** handed on unread: a body past the bound, in an encoding that was not asked for, or that is no text */
  | 'opaque';

/** Starts one attempt. It sends in the next tick, so that the sink is never called before this returns. */
export function startAttempt(
  endpoint: Endpoint,
  target: Target,
  request: Request<WireRequest>,
  sink: AttemptSink<WireHead, Uint8Array>,
): AttemptControl {
  const attempt = new Attempt(endpoint, sink);
  process.nextTick(send, attempt, target, request);
  return attempt;
}

function send(attempt: Attempt, target: Target, request: Request<WireRequest>): void {
  attempt.send(target, request);
}

function resumeReading(attempt: Attempt): void {
  attempt.resumeReading();
}

/**
 * One attempt: undici's handler and the engine's control in one object, so that a request costs few allocations and a
 * chunk none. All state is private, as the engine and its events can be looked into, and the endpoint holds the
 * credential.
 */
class Attempt implements AttemptControl, Dispatcher.DispatchHandler, StreamListener {
  readonly #endpoint: Endpoint;
  readonly #sink: AttemptSink<WireHead, Uint8Array>;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;
  #isPaused = false;
  #hasBodyEnded = false;

  #path = '';
  #isOfStored = false;
  #choicesAsked = 1;
  #hidesUsage = false;

  #mode: Mode = 'whole';
  #status = 0;
  #headers: WireHead['headers'] = {};
  #scanner: StreamScanner | undefined;
  #keeper: TranscriptKeeper | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(endpoint: Endpoint, sink: AttemptSink<WireHead, Uint8Array>) {
    this.#endpoint = endpoint;
    this.#sink = sink;
  }

  send(target: Target, request: Request<WireRequest>): void {
    if (this.#isOver) return;
    const endpoint = this.#endpoint;
    const { payload } = request;
    this.#path = payload.path;
    this.#isOfStored = isOfStoredResponse(payload.path);
    if (this.#sink.wantsTranscript === true && canBeTakenOver(payload)) {
      this.#keeper = new TranscriptKeeper(request, target);
    }
    try {
      const options = endpoint.requestOptions(target, payload);
      if (options.method === 'POST') {
        const { body, hidesUsage } = prepareBody(
          payload,
          target.model,
          endpoint.acceptsStreamOptions,
        );
        options.body = body;
        this.#hidesUsage = hidesUsage;
        this.#choicesAsked = choicesAsked(payload.json);
      }
      endpoint.dispatcher.dispatch(options, this);
    } catch (error) {
      this.#fail(unsendable(error));
    }
  }

  // The engine's control.

  pause(): void {
    if (this.#isOver) return;
    this.#isPaused = true;
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // Later, as undici cannot take up one connection from inside a callback of another.
    process.nextTick(resumeReading, this);
  }

  resumeReading(): void {
    // Once its body ended, the controller's connection may serve another request.
    if (!this.#isPaused && !this.#hasBodyEnded) this.#controller?.resume();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hangUp();
  }

  transcript(): Transcript | undefined {
    return this.#keeper?.transcript(this.#scanner?.usage);
  }

  // undici's handler.

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) {
      // Given up while it waited for a connection.
      this.#hangUp();
      return;
    }
    if (this.#isPaused) controller.pause();
    this.#sink.onConnect();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    received: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#isOver || status < 200) return;
    // undici never leaves a header undefined.
    const headers = received as WireHead['headers'];
    this.#status = status;
    this.#headers = headers;
    this.#tellLimits();
    if (this.#isOver) return;
    if (status >= 300) {
      this.#mode = 'error';
    } else if (isEventStream(headers['content-type'])) {
      if (isEncoded(headers)) {
        this.#mode = 'opaque';
      } else {
        this.#mode = 'events';
        this.#scanner = new StreamScanner(
          this,
          this.#choicesAsked,
          this.#hidesUsage,
          this.#isOfStored,
        );
      }
      this.#sink.onHead(headOf(status, headers, true));
    } else if (isBinary(headers['content-type'])) {
      this.#mode = 'opaque';
      this.#sink.onHead(headOf(status, headers, false));
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    switch (this.#mode) {
      case 'events':
        this.#scanner!.push(chunk);
        break;
      case 'opaque':
        this.#bytes += chunk.length;
        this.#sink.onChunk(chunk, ChunkKind.content);
        break;
      case 'error':
        this.#bytes += chunk.length;
        if (this.#bytes <= MOST_ERROR_BYTES) this.#parts.push(chunk);
        break;
      case 'whole':
        this.#bytes += chunk.length;
        this.#parts.push(chunk);
        if (this.#bytes > this.#endpoint.maxBodyBytes) this.#passOn();
        break;
    }
  }

  onResponseEnd(): void {
    this.#hasBodyEnded = true;
    if (this.#isOver) {
      this.#endpoint.lingering.delete(this);
      return;
    }
    switch (this.#mode) {
      case 'events':
        this.#scanner!.end();
        break;
      case 'opaque':
        this.#finish({});
        break;
      case 'error':
        this.#failWithAnswer(parsed(this.#body()));
        break;
      case 'whole':
        this.#finishWhole();
        break;
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#hasBodyEnded = true;
    if (this.#isOver) {
      this.#endpoint.lingering.delete(this);
    } else if (this.#mode === 'error') {
      // The status alone says enough.
      this.#failWithAnswer(parsed(this.#body()));
    } else if (this.#scanner?.isComplete) {
      this.#scanner.end();
    } else {
      this.#fail(this.#inStream(connectionFailure(error)));
    }
  }

  // What the scanner finds.

  onBytes(bytes: Buffer, kind: ChunkKind): void {
    if (this.#isOver) return;
    this.#keeper?.add(bytes);
    this.#sink.onChunk(bytes, kind);
  }

  onComplete(): void {
    if (this.#isOver) return;
    const { usage, model } = this.#scanner!;
    this.#finish({ usage, model });
    if (!this.#hasBodyEnded) this.#linger();
  }

  onErrorEvent(error: unknown): void {
    if (this.#isOver) return;
    const { nowEpochMs } = this.#endpoint;
    this.#fail(this.#inStream(classifyAnswer(undefined, this.#headers, { error }, nowEpochMs)));
    this.#hangUp();
  }

  onBroken(reason: string): void {
    if (this.#isOver) return;
    this.#fail(this.#inStream(brokenAnswer(reason)));
    this.#hangUp();
  }

  #tellLimits(): void {
    if (this.#sink.onLimits === undefined) return;
    const { limits, nowEpochMs } = this.#endpoint;
    const facts = limitsIn(this.#headers, limits, this.#path, nowEpochMs);
    if (facts !== undefined) this.#sink.onLimits(facts);
  }

  // How an attempt ends.

  #finishWhole(): void {
    const body = this.#body();
    const head = headOf(this.#status, this.#headers, false);
    let end: AttemptEnd | undefined;
    if (isJson(this.#headers['content-type']) && !isEncoded(this.#headers)) {
      end = endAtEdges(body);
      if (end === undefined) {
        const json = parsed(body);
        if (typeof json === 'string') {
          this.#fail(brokenAnswer('the answer is no JSON, or not all of it'));
          return;
        }
        // What became of a response that is asked for later is no failure of the asking.
        if (isErrorBody(json) && !(this.#isOfStored && isResponse(json))) {
          this.#failWithAnswer(json);
          return;
        }
        end = endOfJson(json);
      }
    }
    this.#sink.onHead(head);
    if (!this.#isOver && body.length > 0) this.#sink.onChunk(body, ChunkKind.content);
    if (!this.#isOver) this.#finish(end ?? {});
  }

  /** Hands on what was collected, and the rest as it comes. */
  #passOn(): void {
    this.#mode = 'opaque';
    this.#sink.onHead(headOf(this.#status, this.#headers, false));
    const parts = this.#parts;
    this.#parts = [];
    for (const part of parts) if (!this.#isOver) this.#sink.onChunk(part, ChunkKind.content);
  }

  #finish(end: AttemptEnd): void {
    this.#isOver = true;
    this.#sink.onEnd(end);
  }

  #failWithAnswer(body: unknown): void {
    // An error in an answer of status 200 is what its own code says.
    const status = this.#status >= 300 ? this.#status : undefined;
    const failure = classifyAnswer(status, this.#headers, body, this.#endpoint.nowEpochMs);
    const head = headOf(this.#status, this.#headers, false);
    const answer = { head, body: this.#body() };
    this.#fail(this.#isOfStored ? { ...notKept(failure), answer } : { ...failure, answer });
  }

  #fail(failure: Failure): void {
    this.#isOver = true;
    this.#sink.onError(redacted(failure, this.#endpoint.apiKey));
  }

  /** A failure as the caller has to take it: content that was sent cannot be taken back. */
  #inStream(failure: Failure): Failure {
    const hasContent =
      this.#mode === 'opaque' ? this.#bytes > 0 : this.#scanner?.hasContent === true;
    return hasContent ? afterContent(failure) : failure;
  }

  #hangUp(): void {
    if (!this.#hasBodyEnded) this.#controller?.abort(GIVEN_UP);
  }

  /** The answer is complete but its body has not ended: its connection is kept for the next request if that comes. */
  #linger(): void {
    this.#isPaused = false;
    process.nextTick(resumeReading, this);
    this.#endpoint.lingering.add(this, this.#controller!);
  }

  #body(): Buffer {
    const parts = this.#parts;
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }
}
