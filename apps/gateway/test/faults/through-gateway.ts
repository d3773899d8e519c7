import type {
  FaultAnswer,
  FaultError,
  FaultPool,
  FaultRequest,
  FaultSetup,
  FaultSubject,
  ManualClock,
} from '@plimsoll/testkit';
import OpenAI, { APIError } from 'openai';
import { pino } from 'pino';

import { Gateway } from '../../src/gateway.ts';
import { ManualStage } from './stage.ts';
import { TestedPool } from './tested-pool.ts';
import type { Got, Way } from './ways.ts';

/** The gateway over HTTP, asked in one of its ways by the official client, which makes no retries of its own. */
export function throughGateway(way: Way): FaultSubject {
  return {
    name: `gateway, ${way.name}`,
    speed: 1,
    begin: () =>
      new ManualStage(20, async (setup, clock) => {
        const pool = new GatewayPool(setup, clock, way);
        await pool.listen();
        return pool;
      }),
  };
}

class GatewayPool extends TestedPool implements FaultPool {
  readonly #way: Way;
  #gateway: Gateway | undefined = undefined;
  #client: OpenAI | undefined = undefined;

  constructor(setup: FaultSetup, clock: ManualClock, way: Way) {
    super(setup, clock);
    this.#way = way;
  }

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
      const ask = isStream ? this.#way.stream : this.#way.whole;
      await ask(this.#client!, got, signal);
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
