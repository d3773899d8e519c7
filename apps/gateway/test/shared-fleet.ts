import {
  type Balancer,
  balancer,
  connectStore,
  type Fleet,
  fleet,
  type StoreConnection,
} from '@plimsoll/balancer';
import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type Provider,
  type QuotaLimits,
  type RequestTraits,
  seededRandom,
  type SharedStore,
  type Target,
} from '@plimsoll/core';
import { redisStore } from '@plimsoll/store-redis';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { createClient } from 'redis';

/** A provider's limit by the second, judged in whichever second has the most, in real time. */
export class SlidingSecond {
  readonly #limit: number;
  #accepted: number[] = [];
  /** When requests came, and whether they were refused. */
  readonly arrivals: { readonly atMs: number; readonly isRefused: boolean }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  arrive(): boolean {
    const atMs = performance.now();
    this.#accepted = this.#accepted.filter((otherMs) => otherMs > atMs - 1000);
    const isRefused = this.#accepted.length >= this.#limit;
    if (!isRefused) this.#accepted.push(atMs);
    this.arrivals.push({ atMs, isRefused });
    return !isRefused;
  }

  refused(): number {
    return this.arrivals.filter(({ isRefused }) => isRefused).length;
  }

  acceptedBetween(fromMs: number, untilMs: number): number {
    return this.arrivals.filter(
      ({ atMs, isRefused }) => !isRefused && atMs >= fromMs && atMs < untilMs,
    ).length;
  }

  /**
   * The most requests that came in any one second.
   *
   * @param jitterMs - how much later than it was sent a request may come on a busy machine: a second is so much shorter.
   */
  mostInASecond(jitterMs = 0): number {
    let first = 0;
    let most = 0;
    for (const [index, { atMs }] of this.arrivals.entries()) {
      while (this.arrivals[first]!.atMs <= atMs - 1000 + jitterMs) first++;
      most = Math.max(most, index - first + 1);
    }
    return most;
  }
}

const refusal: Failure = {
  kind: 'throttle',
  verdict: 'cooldown',
  message: 'status 429',
  status: 429,
  retryAfterMs: 50,
  scope: 'key',
  isHealthFailure: false,
};

/** Reaches the upstream after two milliseconds, and is answered after three more. */
export class ShortWay implements Provider {
  readonly name = 'short-way';
  readonly #upstream: SlidingSecond;
  /** What is answered instead, where there is one. */
  failure: Failure | undefined = undefined;

  constructor(upstream: SlidingSecond) {
    this.#upstream = upstream;
  }

  attempt(_target: Target, _request: unknown, sink: AttemptSink): AttemptControl {
    let isOver = false;
    setTimeout(() => {
      const { failure = this.#upstream.arrive() ? undefined : refusal } = this;
      setTimeout(() => {
        if (isOver) return;
        if (failure !== undefined) {
          sink.onError(failure);
          return;
        }
        sink.onConnect();
        sink.onHead(undefined);
        sink.onChunk('answer', ChunkKind.content);
        sink.onEnd({ usage: { inputTokens: 1, outputTokens: 1 } });
      }, 3);
    }, 2);
    return { pause() {}, resume() {}, abort: () => void (isOver = true) };
  }

  classify(): never {
    throw new Error('nothing is thrown here');
  }
}

/** How one request went. */
export interface Served {
  readonly offeredAtMs: number;
  /** From the offer to the end, less what the provider took. */
  readonly waitMs: number;
  readonly error: string | undefined;
}

/** One process of a fleet: an engine with targets, clients and connections of its own. */
export class Engine {
  readonly fleet: Fleet = fleet();
  readonly provider: ShortWay;
  readonly pool: Balancer;
  readonly served: Served[] = [];
  readonly store: SharedStore;
  readonly #client: ReturnType<typeof createClient>;
  #connection: StoreConnection | undefined;

  constructor(
    url: string,
    upstream: SlidingSecond,
    targets: readonly string[],
    limits: QuotaLimits,
  ) {
    this.provider = new ShortWay(upstream);
    this.pool = balancer({
      strategy: roundRobin(),
      fleet: this.fleet,
      targets: targets.map((id) => ({ id, provider: this.provider, limits })),
    });
    this.#client = createClient({ url, socket: { reconnectStrategy: () => 50 } });
    // The store is told as well.
    this.#client.on('error', () => {});
    this.store = redisStore({ client: this.#client });
  }

  async connect(): Promise<void> {
    await this.#client.connect();
    this.#connection = await connectStore(this.fleet, this.store);
  }

  request(traits: RequestTraits = {}): void {
    const offeredAtMs = performance.now();
    const end = (error: string | undefined, upstreamMs: number): void => {
      const waitMs = performance.now() - offeredAtMs - upstreamMs;
      this.served.push({ offeredAtMs, waitMs, error });
    };
    const call = this.pool.start(
      { ...traits, payload: undefined },
      {
        onHead() {},
        onChunk() {},
        onEnd: () => end(undefined, call.upstreamMs),
        onError: ({ message }) => end(message, call.upstreamMs),
      },
    );
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.#connection?.close();
    await this.store.close();
    this.#client.destroy();
  }
}

/** Engines that are connected. */
export async function engines(
  url: string,
  count: number,
  upstream: SlidingSecond,
  targets: readonly string[],
  limits: QuotaLimits,
): Promise<Engine[]> {
  const all = Array.from({ length: count }, () => new Engine(url, upstream, targets, limits));
  await Promise.all(all.map((engine) => engine.connect()));
  return all;
}

/**
 * Offers Poisson traffic for a while, each request to an engine drawn by `weights`; resolves when all have ended. An
 * offer that the machine makes late has its offer's time from then on.
 */
export async function offer(
  all: readonly Engine[],
  options: { perS: number; seconds: number; weights?: readonly number[]; seed?: number },
): Promise<{ fromMs: number; untilMs: number }> {
  const { perS, seconds, weights = all.map(() => 1), seed = 1 } = options;
  const random = seededRandom(seed);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const fromMs = performance.now();
  const untilMs = fromMs + seconds * 1000;
  let offered = 0;
  const before = all.reduce((total, { served }) => total + served.length, 0);
  await new Promise<void>((resolve) => {
    let nextMs = fromMs;
    const timer = setInterval(() => {
      const nowMs = performance.now();
      for (; nextMs <= Math.min(nowMs, untilMs); offered++) {
        let place = random.float() * sum;
        all[weights.findIndex((weight) => (place -= weight) < 0)]!.request();
        nextMs -= (Math.log(1 - random.float()) * 1000) / perS;
      }
      const ended = all.reduce((total, { served }) => total + served.length, 0) - before;
      if (nextMs <= untilMs || ended < offered) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  return { fromMs, untilMs };
}
