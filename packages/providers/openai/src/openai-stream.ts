import { ChunkKind, type Usage } from '@plimsoll/core';
import { choiceHasContent, type EventFields, mayBeAnswer, readFields } from './openai-event.ts';
import { usageOf } from './openai-usage.ts';
import type { WireChoice, WireEvent } from './openai-wire.ts';
import { Stencil } from './stencil.ts';

/** Whom a `StreamScanner` tells what it finds. */
export interface StreamListener {
  /** Bytes to be handed on. */
  onBytes(bytes: Buffer, kind: ChunkKind): void;
  /** The answer is complete. Nothing follows. */
  onComplete(): void;
  /** The API sent an error in place of the rest. Nothing follows. */
  onErrorEvent(error: unknown): void;
  /** The rest of the answer will not come, or a part of it is lost. Nothing follows. */
  onBroken(reason: string): void;
}

const DONE_EVENT = Buffer.from('data: [DONE]\n\n');
const BLANK_LINE = Buffer.from('\n\n');
/** U+FEFF in UTF-8, as latin1 reads it; a stream may begin with it. */
const BYTE_ORDER_MARK = '\xef\xbb\xbf';
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Stencils made in a row that fitted no event, before the stream is taken for one that never repeats itself. */
const MOST_UNUSED_STENCILS = 8;

/** An index past any `n` that APIs accept; larger ones are not believed. */
const MOST_CHOICES = 1024;

/** What is to be done with an event: pass it on as a `ChunkKind`, or one of these. */
type Action = ChunkKind | typeof LAST | typeof HIDE | typeof FAIL;
const LAST = 3;
const HIDE = 4;
const FAIL = 5;

/**
 * Reads a stream of events while its bytes pass through: what kind each event is, when the answer is complete, its
 * usage.
 *
 * Bytes are handed on as they came and in as few pieces as possible, but no part of an event before its end is seen: so
 * an event that must not reach the caller (usage nobody asked for, what is no JSON) can be left out. Where all of a
 * chunk passes, the chunk itself is handed on. An event is decoded and parsed only where no `Stencil` fits.
 */
export class StreamScanner {
  readonly #listener: StreamListener;
  readonly #choicesAsked: number;
  readonly #hidesUsage: boolean;
  readonly #isReplay: boolean;
  #isOver = false;
  #isFirstEvent = true;

  /** The beginning of an event whose end has not come. */
  #held: Buffer[] = [];
  #isLineEmpty = true;
  #isAfterReturn = false;
  /** The last event ended in a `\r` at the end of its chunk: a `\n` at the start of the next one belongs to it. */
  #mayOweNewline = false;
  #isNewlineHidden = false;

  #stencil: Stencil | undefined;
  #hasStencilFitted = false;
  #unusedStencils = 0;

  /** By the index of a choice: whether it has its `finish_reason`. */
  readonly #isFinished: boolean[] = [];
  #hasFinalUsage = false;
  /** Its events have a `type` each, and none is an end marker: the Responses API, speech, transcripts, images. */
  #isTyped = false;
  #isTypedComplete = false;
  #error: unknown;
  #reason: string | undefined;

  #hasContent = false;
  #usage: Usage | undefined;
  #model: string | undefined;

  /**
   * @param choicesAsked - how many choices the request asks for, at least 1.
   * @param hidesUsage - whether the event that carries usage alone is kept from the caller, who did not ask for it.
   * @param isReplay - whether the answer was made before and is only told again: then its failure is no failure now.
   */
  constructor(
    listener: StreamListener,
    choicesAsked: number,
    hidesUsage: boolean,
    isReplay = false,
  ) {
    this.#listener = listener;
    this.#choicesAsked = choicesAsked;
    this.#hidesUsage = hidesUsage;
    this.#isReplay = isReplay;
  }

  /** Whether content was handed on. */
  get hasContent(): boolean {
    return this.#hasContent;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  get model(): string | undefined {
    return this.#model;
  }

  /** Takes the next bytes of the body. */
  push(chunk: Buffer): void {
    if (this.#isOver || chunk.length === 0) return;
    let at = 0;
    // The bytes from here to `at` are to be handed on, together.
    let passFrom = 0;
    let kind: ChunkKind = ChunkKind.filler;

    if (this.#mayOweNewline) {
      this.#mayOweNewline = false;
      if (chunk[0] === NEWLINE) at = 1;
      if (this.#isNewlineHidden) passFrom = at;
    }
    if (this.#held.length > 0) {
      at = this.#eventEnd(chunk, 0);
      if (at < 0) {
        this.#held.push(chunk);
        return;
      }
      this.#held.push(chunk.subarray(0, at));
      const event = Buffer.concat(this.#held);
      this.#held = [];
      const action = this.#read(event, 0, event.length);
      if (action < LAST) this.#pass(event, action as ChunkKind);
      if (action === LAST) this.#pass(event, ChunkKind.event);
      if (this.#endsWith(action)) return;
      passFrom = at;
    }

    while (at < chunk.length) {
      const fitEnd = this.#stencil === undefined ? -1 : this.#stencil.match(chunk, at);
      if (fitEnd >= 0) {
        this.#hasStencilFitted = true;
        kind = ChunkKind.content;
        at = fitEnd;
        continue;
      }
      const end = this.#eventEnd(chunk, at);
      if (end < 0) {
        this.#held.push(chunk.subarray(at));
        break;
      }
      const action = this.#read(chunk, at, end);
      if (action < LAST) {
        if (action > kind) kind = action as ChunkKind;
      } else {
        if (action === LAST) {
          at = end;
          if (kind === ChunkKind.filler) kind = ChunkKind.event;
        }
        if (at > passFrom) this.#pass(cut(chunk, passFrom, at), kind);
        if (this.#endsWith(action)) return;
        kind = ChunkKind.filler;
        passFrom = end;
      }
      at = end;
    }
    if (at > passFrom) this.#pass(cut(chunk, passFrom, at), kind);

    // By the API's definition usage alone is the last event before the end marker: what is left to come says nothing.
    if (this.#hasFinalUsage && this.#held.length === 0) this.#complete();
  }

  /** The body ended. */
  end(): void {
    // A last event may lack its blank line.
    if (this.#held.length > 0) this.push(BLANK_LINE);
    if (this.#isOver) return;
    if (this.isComplete) {
      this.#complete();
    } else {
      this.#isOver = true;
      this.#listener.onBroken(
        this.#isTyped
          ? 'the stream ended before its last event'
          : 'the stream ended before every choice had its finish_reason',
      );
    }
  }

  /** Whether every choice has its `finish_reason`: all that is missing is the end marker. */
  get isComplete(): boolean {
    if (this.#isTyped) return this.#isTypedComplete;
    return this.#isFinished.length >= this.#choicesAsked && this.#areAllFinished();
  }

  /** Whether every choice that was seen is finished. Choices never seen leave holes that are skipped here. */
  #areSeenFinished(): boolean {
    return this.#isFinished.length > 0 && this.#isFinished.every(Boolean);
  }

  #areAllFinished(): boolean {
    for (let index = 0; index < this.#isFinished.length; index++) {
      if (this.#isFinished[index] !== true) return false;
    }
    return true;
  }

  /** Ends an answer whose end marker did not come. */
  #complete(): void {
    if (!this.#isTyped) this.#pass(DONE_EVENT, ChunkKind.event);
    this.#isOver = true;
    this.#listener.onComplete();
  }

  #pass(bytes: Buffer, kind: ChunkKind): void {
    if (kind === ChunkKind.content) this.#hasContent = true;
    this.#listener.onBytes(bytes, kind);
  }

  #endsWith(action: Action): boolean {
    if (action === LAST) {
      this.#isOver = true;
      this.#listener.onComplete();
    } else if (action === FAIL) {
      this.#isOver = true;
      if (this.#reason === undefined) this.#listener.onErrorEvent(this.#error);
      else this.#listener.onBroken(this.#reason);
    }
    return this.#isOver;
  }

  /** Where the event that is being read ends, its blank line included; -1 if it does not end in `chunk`. */
  #eventEnd(chunk: Buffer, from: number): number {
    let isLineEmpty = this.#isLineEmpty;
    let isAfterReturn = this.#isAfterReturn;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== NEWLINE && byte !== RETURN) {
        isLineEmpty = false;
        isAfterReturn = false;
      } else if (byte === NEWLINE && isAfterReturn) {
        // The second half of a line end.
        isAfterReturn = false;
      } else if (!isLineEmpty) {
        isLineEmpty = true;
        isAfterReturn = byte === RETURN;
      } else {
        this.#isLineEmpty = true;
        this.#isAfterReturn = false;
        if (byte === NEWLINE) return at + 1;
        if (chunk[at + 1] === NEWLINE) return at + 2;
        this.#mayOweNewline = at + 1 === chunk.length;
        return at + 1;
      }
    }
    this.#isLineEmpty = isLineEmpty;
    this.#isAfterReturn = isAfterReturn;
    return -1;
  }

  #read(buffer: Buffer, start: number, end: number): Action {
    const action = this.#readEvent(buffer, start, end);
    this.#isNewlineHidden = action === HIDE;
    return action;
  }

  #readEvent(buffer: Buffer, start: number, end: number): Action {
    let fieldsStart = start;
    if (this.#isFirstEvent) {
      this.#isFirstEvent = false;
      if (buffer.toString('latin1', start, start + 3) === BYTE_ORDER_MARK) fieldsStart += 3;
    }
    const fields = readFields(buffer, fieldsStart, end);
    const { data } = fields;
    if (data === undefined || data === '') return ChunkKind.filler;
    if (data === '[DONE]') {
      // Some APIs ignore `n`; with an end marker the choices they sent are all there are.
      return this.#isTypedComplete || this.#areSeenFinished()
        ? LAST
        : this.#break('the end marker came before every choice had its finish_reason');
    }
    let json: unknown;
    try {
      json = JSON.parse(data);
    } catch {
      json = undefined;
    }
    if (typeof json !== 'object' || json === null) {
      return this.isComplete || !mayBeAnswer(data) ? HIDE : this.#break('an event is malformed');
    }
    const event = json as WireEvent;
    const error = errorIn(event, fields.name);
    if (error !== undefined) {
      this.#error = error;
      return FAIL;
    }
    let action: Action = ChunkKind.event;
    if (Array.isArray(event.choices)) {
      action = this.#readChunk(event, event.choices as readonly WireChoice[]);
    } else if (typeof event.type === 'string') {
      action = this.#readTypedEvent(event, event.type);
    }
    if (action === ChunkKind.content) this.#learn(buffer.subarray(start, end), start, fields);
    return action;
  }

  /** A chunk of a chat or text completion. */
  #readChunk(event: WireEvent, choices: readonly WireChoice[]): Action {
    if (typeof event.model === 'string') this.#model ??= event.model;
    let kind: ChunkKind = ChunkKind.event;
    for (let position = 0; position < choices.length; position++) {
      const choice = choices[position];
      if (typeof choice !== 'object' || choice === null) continue;
      if (choiceHasContent(choice)) kind = ChunkKind.content;
      const index = typeof choice.index === 'number' ? choice.index : position;
      if (!Number.isInteger(index) || index < 0 || index >= MOST_CHOICES) continue;
      const reason = choice.finish_reason;
      if (reason === 'error' || reason === 'interrupted') {
        return this.#break(`a choice ended with finish_reason ${reason}`);
      }
      // Some APIs send an empty reason with every chunk.
      if (typeof reason === 'string' && reason !== '') this.#isFinished[index] = true;
      else this.#isFinished[index] ??= false;
    }
    if (typeof event.usage !== 'object' || event.usage === null) return kind;
    this.#usage = usageOf(event.usage) ?? this.#usage;
    if (choices.length > 0) return kind;
    this.#hasFinalUsage = this.isComplete;
    return this.#hidesUsage ? HIDE : kind;
  }

  #readTypedEvent(event: WireEvent, type: string): Action {
    this.#isTyped = true;
    const { response } = event;
    if (typeof response?.model === 'string') this.#model ??= response.model;
    switch (type) {
      case 'response.completed':
      case 'response.incomplete':
        this.#usage = usageOf(response?.usage);
        return LAST;
      case 'response.failed':
        if (this.#isReplay) return LAST;
        this.#error = response?.error;
        return FAIL;
      case 'image_generation.completed':
      case 'image_edit.completed':
      case 'transcript.text.done':
      case 'speech.audio.done':
        // With several pictures this comes several times.
        this.#usage = usageOf(event.usage);
        this.#isTypedComplete = true;
        return ChunkKind.content;
      default:
        return hasTypedContent(event, type) ? ChunkKind.content : ChunkKind.event;
    }
  }

  #break(reason: string): Action {
    this.#reason = reason;
    return FAIL;
  }

  #learn(event: Buffer, start: number, fields: EventFields): void {
    if (this.#hasStencilFitted) this.#unusedStencils = 0;
    else if (++this.#unusedStencils > MOST_UNUSED_STENCILS) return;
    // An event that ends in `\r` may own the next byte as well; one whose data is spread over lines is rare.
    if (fields.dataEnd === fields.dataStart || event[event.length - 1] !== NEWLINE) return;
    this.#hasStencilFitted = false;
    this.#stencil = Stencil.of(event, fields.dataStart - start, fields.dataEnd - start);
  }
}

/** Whether a reader sees something of this event: a part of a text, of a call's arguments, of sound; a picture; a segment. */
function hasTypedContent(event: WireEvent, type: string): boolean {
  if (type.endsWith('.delta')) {
    const part = event.delta ?? event.audio;
    return typeof part === 'string' && part !== '';
  }
  return type.endsWith('.partial_image') || type === 'transcript.text.segment';
}

/** The bytes from `start` to `end`: the chunk itself where that is all of it. */
function cut(chunk: Buffer, start: number, end: number): Buffer {
  return start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
}

/** The error that an event reports, in one of the forms in use; `undefined` where it reports none. */
function errorIn(event: WireEvent & { readonly object?: unknown }, name: string): unknown {
  if (event.error !== undefined && event.error !== null) return event.error;
  if (event.type === 'error' || event.object === 'error' || name === 'error') return event;
  return undefined;
}
