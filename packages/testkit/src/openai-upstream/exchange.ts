import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock } from '@plimsoll/core';

import type { UpstreamAnswer } from './answer.ts';

/** A request as the upstream received it, and what became of its answer. Times are those of the upstream's clock. */
export interface UpstreamRequest {
  readonly method: string;
  /** With the query, without the host: `/v1/chat/completions`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came; empty while it has not come whole. */
  readonly body: Buffer;
  /** The body parsed; undefined where it is no JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** The texts of a form, by their fields, and its files by their names; undefined where the body is no form. */
  readonly form: Readonly<Record<string, string>> | undefined;
  /** When the head of the request had come. */
  readonly startedMs: number;
  /** When the last byte of the answer was handed to the system. */
  readonly endedMs: number | undefined;
  /** When the client's connection closed before the answer had ended, faults of the upstream's own left aside. */
  readonly abortedMs: number | undefined;
  /** Bytes of the answer's body written so far. */
  readonly sentBytes: number;
  /** Whether the client reads so slowly that no more can be written now. */
  readonly isBlocked: boolean;
}

/** One request and its answer on their way. Every wait ends when the connection does. */
export class Exchange implements UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: UpstreamRequest['headers'];
  readonly startedMs: number;
  body: Buffer = Buffer.alloc(0);
  json: UpstreamRequest['json'] = undefined;
  form: UpstreamRequest['form'] = undefined;
  endedMs: number | undefined = undefined;
  abortedMs: number | undefined = undefined;
  sentBytes = 0;
  isBlocked = false;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #isOver = false;
  #isCutByUs = false;
  #wake: (() => void) | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    clock: Clock,
    onChange: () => void,
  ) {
    this.method = request.method ?? '';
    this.path = request.url ?? '';
    this.headers = { ...request.headers };
    this.startedMs = clock.now();
    this.#request = request;
    this.#response = response;
    this.#clock = clock;
    this.#onChange = onChange;
    // Without a listener, a client that goes away while it sends would end the process.
    request.on('error', () => {});
    response.on('drain', () => this.#unblock());
    response.on('finish', () => {
      this.endedMs = clock.now();
      onChange();
    });
    response.on('close', () => this.#close());
  }

  /** Whether nothing more can happen: answered, cut or given up by the client. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Reads the body; false when it never came whole. */
  async read(): Promise<boolean> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of this.#request) chunks.push(chunk as Buffer);
    } catch {
      return false;
    }
    this.body = Buffer.concat(chunks);
    const type = String(this.headers['content-type']);
    if (type.startsWith('multipart/')) this.form = await parsedForm(this.body, type);
    else this.json = parsedObject(this.body.toString());
    this.#onChange();
    return true;
  }

  head(status: number, headers: UpstreamAnswer['headers']): void {
    if (this.#isOver) return;
    this.#response.writeHead(status, headers as Record<string, string | string[]>);
    this.#response.flushHeaders();
  }

  /** Writes a part of the body, in pieces of `pieceBytes` where given, as fast as the client reads. */
  async write(content: string | Buffer, pieceBytes?: number): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const step = pieceBytes ?? bytes.length;
    for (let from = 0; from < bytes.length && !this.#isOver; from += step) {
      const piece = bytes.subarray(from, from + step);
      this.sentBytes += piece.length;
      if (!this.#response.write(piece)) await this.#drained();
      // A piece of its own leaves as a packet of its own only if the loop turns before the next one.
      if (pieceBytes !== undefined) await this.#flush();
    }
  }

  end(): void {
    if (!this.#isOver) this.#response.end();
  }

  /** Ends the connection with a RST packet, once what was written has left. */
  async reset(): Promise<void> {
    await this.#flush();
    this.#isCutByUs = true;
    this.#request.socket.resetAndDestroy();
  }

  /** Ends the connection with a FIN packet, once what was written has left. */
  async close(): Promise<void> {
    await this.#flush();
    this.#isCutByUs = true;
    this.#request.socket.destroySoon();
  }

  /** Resolves when `ms` have passed, or the exchange is over. */
  async delay(ms: number): Promise<void> {
    if (ms <= 0 || this.#isOver) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.every(ms, () => this.#wake?.());
      this.#wake = () => {
        timer.cancel();
        this.#wake = undefined;
        resolve();
      };
      this.#onChange();
    });
  }

  // Node gathers what is written in one turn of the loop, and hands it to the system at the end of it.
  async #flush(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #drained(): Promise<void> {
    if (this.#isOver) return;
    this.isBlocked = true;
    this.#onChange();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #unblock(): void {
    this.isBlocked = false;
    this.#wake?.();
    this.#wake = undefined;
  }

  #close(): void {
    this.#isOver = true;
    this.isBlocked = false;
    if (this.endedMs === undefined && !this.#isCutByUs) this.abortedMs = this.#clock.now();
    this.#wake?.();
    this.#wake = undefined;
    this.#onChange();
  }
}

async function parsedForm(body: Buffer, type: string): Promise<Record<string, string> | undefined> {
  try {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const fields: Record<string, string> = {};
    for (const [name, value] of form) fields[name] = typeof value === 'string' ? value : value.name;
    return fields;
  } catch {
    return undefined;
  }
}

function parsedObject(text: string): UpstreamRequest['json'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
