import type { Redis } from 'ioredis';

import type { IoRedisClient } from '../src/index.ts';

/** What becomes of a command: done and answered, done a second time too, done without an answer, or not done. */
export type Fate = 'answered' | 'done twice' | 'answer lost' | 'never arrives';

/** A client on whose way commands and answers are lost when told so. */
export class LossyClient implements IoRedisClient {
  fate: Fate = 'answered';
  /** Resolves when all commands that arrive have been done. */
  done: Promise<unknown> = Promise.resolve();
  readonly on: IoRedisClient['on'];
  readonly off: IoRedisClient['off'];
  readonly #client: Redis;

  constructor(client: Redis) {
    this.#client = client;
    this.on = client.on.bind(client);
    this.off = client.off.bind(client);
  }

  get status(): string {
    return this.#client.status;
  }

  call(command: string, ...args: string[]): Promise<unknown> {
    if (this.fate === 'never arrives') return new Promise(() => {});
    let answer = this.#client.call(command, ...args);
    // As a client does that lost its connection before the answer came.
    if (this.fate === 'done twice') answer = answer.then(() => this.#client.call(command, ...args));
    this.done = Promise.allSettled([this.done, answer]);
    return this.fate === 'answer lost' ? answer.then(() => new Promise(() => {})) : answer;
  }

  duplicate(): IoRedisClient {
    return this.#client.duplicate();
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  subscribe(channel: string): Promise<unknown> {
    return this.#client.subscribe(channel);
  }

  disconnect(): void {
    this.#client.disconnect();
  }
}
