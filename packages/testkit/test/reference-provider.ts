import { Agent, type ClientRequest, type IncomingMessage, request as open } from 'node:http';

import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type Provider,
  type Request,
  type Target,
  type Usage,
  type WireRequest,
} from '@plimsoll/core';

import type { ProviderSite } from '../src/index.ts';

/** The least that keeps every clause: what the mutants are made of. */
export function referenceProvider({ url, credential }: ProviderSite): Provider {
  const agent = new Agent();
  return {
    name: 'reference',
    attempt(_target: Target, request: Request, sink: AttemptSink): AttemptControl {
      const attempt = new ReferenceAttempt(sink);
      let body: string;
      try {
        const { json } = (request as Request<WireRequest>).payload;
        const usage = request.isStream === true && { stream_options: { include_usage: true } };
        body = JSON.stringify({ ...json, ...usage });
      } catch (cause) {
        setImmediate(() =>
          attempt.fail(failure('bad_request', 'The request is not JSON.', { cause })),
        );
        return attempt;
      }
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${credential}`,
      };
      attempt.follow(open(`${url}/chat/completions`, { method: 'POST', agent, headers }), body);
      return attempt;
    },
    classify: (error) => failure('unknown', 'The client library failed.', { cause: error }),
    async close() {
      agent.destroy();
    },
  };
}

/** What is read of a body, or of an event. */
interface Answer {
  readonly model: string;
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly choices: readonly {
    readonly message?: { readonly content: string };
    readonly delta?: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
}

class ReferenceAttempt implements AttemptControl {
  #sink: AttemptSink | undefined;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #text = '';
  #isFinished = false;
  #usage: Usage | undefined;
  #model: string | undefined;

  constructor(sink: AttemptSink) {
    this.#sink = sink;
  }

  follow(request: ClientRequest, body: string): void {
    this.#request = request;
    request.on('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => this.#sink?.onConnect());
      else setImmediate(() => this.#sink?.onConnect());
    });
    request.on('response', (response) => this.#follow(response));
    request.on('error', (error: NodeJS.ErrnoException) => {
      this.fail(failure('network', `The connection failed: ${error.code}.`));
    });
    request.end(body);
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  abort(): void {
    this.#sink = undefined;
    this.#request?.destroy();
  }

  fail(why: Failure): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onError(why);
  }

  #follow(response: IncomingMessage): void {
    this.#response = response;
    const status = response.statusCode!;
    if (status !== 200) {
      response.resume();
      this.fail({ ...failure('server', `The upstream answered ${status}.`), status });
      return;
    }
    this.#sink?.onHead({ status, headers: response.headers });
    const isStream = response.headers['content-type']!.startsWith('text/event-stream');
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.#text += text;
      if (isStream) this.#readEvents();
    });
    response.on('error', () => this.fail(failure('stream', 'The answer broke off.')));
    response.on('end', () => this.#end(isStream));
  }

  #readEvents(): void {
    const events = this.#text.split('\n\n');
    this.#text = events.pop()!;
    for (const event of events) {
      const data = event.slice('data: '.length);
      const isContent = data !== '[DONE]' && this.#read(JSON.parse(data) as Answer);
      this.#sink?.onChunk(`${event}\n\n`, isContent ? ChunkKind.content : ChunkKind.event);
    }
  }

  /** Takes what is to be reported from an event or a body; whether it has content. */
  #read(json: Answer): boolean {
    this.#model = json.model;
    if (json.usage) {
      this.#usage = {
        inputTokens: json.usage.prompt_tokens,
        outputTokens: json.usage.completion_tokens,
      };
    }
    const choice = json.choices[0];
    if (choice?.finish_reason) this.#isFinished = true;
    return Boolean((choice?.delta ?? choice?.message)?.content);
  }

  #end(isStream: boolean): void {
    if (!isStream) {
      try {
        this.#read(JSON.parse(this.#text) as Answer);
        this.#sink?.onChunk(this.#text, ChunkKind.content);
      } catch {
        this.#isFinished = false;
      }
    }
    if (!this.#isFinished) return this.fail(failure('stream', 'The answer broke off.'));
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onEnd({ usage: this.#usage, model: this.#model });
  }
}

function failure(kind: Failure['kind'], message: string, more: Partial<Failure> = {}): Failure {
  const isHealthFailure = kind === 'network' || kind === 'server' || kind === 'stream';
  return { kind, verdict: 'failover', message, isHealthFailure, ...more };
}
