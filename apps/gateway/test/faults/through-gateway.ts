import type {
  FaultAnswer,
  FaultError,
  FaultPool,
  FaultRequest,
  FaultSubject,
} from '@plimsoll/testkit';
import OpenAI, { APIError } from 'openai';
import { pino } from 'pino';

import { Gateway } from '../../src/gateway.ts';
import { ManualStage } from './stage.ts';
import { TestedPool } from './tested-pool.ts';

/** The gateway over HTTP, asked by the official client, which makes no retries of its own. */
export const throughGateway: FaultSubject = {
  name: 'gateway',
  speed: 1,
  begin: () =>
    new ManualStage(20, async (setup, clock) => {
      const pool = new GatewayPool(setup, clock);
      await pool.listen();
      return pool;
    }),
};

const messages = [{ role: 'user' as const, content: 'Say it.' }];

class GatewayPool extends TestedPool implements FaultPool {
  #gateway: Gateway | undefined = undefined;
  #client: OpenAI | undefined = undefined;

  async listen(): Promise<void> {
    const { name, strategy } = this.balancer;
    const targets = this.targets.map(({ id }) => ({ id, provider: 'openai', model: 'gpt-test' }));
    this.#gateway = new Gateway({
      pools: [{ name, accepts: [name], strategy, targets, balancer: this.balancer }],
      maxBodyBytes: 1_000_000,
      log: pino({ level: 'silent' }),
    });
    const { port } = await this.#gateway.listen(0, '127.0.0.1');
    const baseURL = `http://127.0.0.1:${port}/v1`;
    this.#client = new OpenAI({ baseURL, apiKey: 'sk-caller', maxRetries: 0 });
  }

  async ask({ isStream, signal }: FaultRequest): Promise<FaultAnswer> {
    const answer = { text: '', finishReason: undefined, outputTokens: undefined, model: undefined };
    const got: Got = { ...answer, attempts: undefined, hasBegun: false };
    try {
      if (isStream) await this.#stream(got, signal);
      else await this.#whole(got, signal);
      // The client takes its own leaving for the end of a stream.
      signal?.throwIfAborted();
      return { ...got, error: undefined };
    } catch (error) {
      return { ...got, error: errorOf(error, got.hasBegun) };
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#gateway?.drain(0);
    await super[Symbol.asyncDispose]();
  }

  async #stream(got: Got, signal: AbortSignal | undefined): Promise<void> {
    const { data, response } = await this.#client!.chat.completions.create(
      { model: 'chat', messages, stream: true, stream_options: { include_usage: true } },
      { signal },
    ).withResponse();
    got.attempts = attemptsOf(response.headers);
    got.hasBegun = true;
    for await (const { model, choices, usage } of data) {
      got.model = model;
      got.outputTokens = usage?.completion_tokens ?? got.outputTokens;
      got.text += choices[0]?.delta.content ?? '';
      got.finishReason = choices[0]?.finish_reason ?? got.finishReason;
    }
  }

  async #whole(got: Got, signal: AbortSignal | undefined): Promise<void> {
    const { data, response } = await this.#client!.chat.completions.create(
      { model: 'chat', messages },
      { signal },
    ).withResponse();
    const [choice] = data.choices;
    got.attempts = attemptsOf(response.headers);
    got.model = data.model;
    got.outputTokens = data.usage?.completion_tokens;
    got.text = choice?.message.content ?? '';
    got.finishReason = choice?.finish_reason;
  }
}

/** What has come of an answer. */
interface Got {
  text: string;
  finishReason: string | undefined;
  outputTokens: number | undefined;
  model: string | undefined;
  attempts: number | undefined;
  hasBegun: boolean;
}

function attemptsOf(headers: Headers): number {
  return Number(headers.get('x-plimsoll-attempts'));
}

function errorOf(error: unknown, isInStream: boolean): FaultError {
  const { status, code, message, headers } =
    error instanceof APIError
      ? error
      : { message: String(error), status: undefined, code: undefined, headers: undefined };
  const retryAfterMs = headers?.get('retry-after-ms') ?? undefined;
  return {
    isInStream,
    message,
    status,
    code: code ?? undefined,
    kind: undefined,
    retryAfterMs: retryAfterMs === undefined ? undefined : Number(retryAfterMs),
    shouldRetry: headers?.get('x-should-retry') ?? undefined,
  };
}
