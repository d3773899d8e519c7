import type { Clock, Notice } from '@plimsoll/core';

import type { Connection } from './connection.ts';
import type { Line } from './line.ts';
import { noticeName, noticeText, parseNotice } from './notice-text.ts';
import { Script } from './script.ts';

/**
 * A notice is told to all who listen, and kept until it is over for those who come later: of cool-downs of one name the
 * longest, of the states of a breaker the latest.
 *
 * KEYS: the texts by name, the ends by name. ARGV: the channel, the name, the text, the end in milliseconds, and 1 for a
 * cool-down.
 */
const publishScript = new Script(`
local time = redis.call('TIME')
local nowMs = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for _, over in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', nowMs)) do
  redis.call('HDEL', KEYS[1], over)
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', nowMs)
local before = redis.call('ZSCORE', KEYS[2], ARGV[2])
if ARGV[5] == '0' or not before or tonumber(before) <= tonumber(ARGV[4]) then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
end
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last))
redis.call('PEXPIREAT', KEYS[2], string.format('%.0f', last))
redis.call('PUBLISH', ARGV[1], ARGV[3])
return 1
`);

/** The texts of all notices that are not over. KEYS: as above. */
const heldScript = new Script(`
local time = redis.call('TIME')
local nowMs = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local texts = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. nowMs, '+inf')) do
  texts[#texts + 1] = redis.call('HGET', KEYS[1], name)
end
return texts
`);

interface Subscriber {
  readonly listener: (notice: Notice) => void;
  /** What came while the notices that hold were read: it is told after them. */
  early: string[] | undefined;
  /** The connection was lost while they were read: something may have been missed. */
  isStale: boolean;
}

/** Options of `Notices`. */
export interface NoticesOptions {
  readonly connection: Connection;
  readonly line: Line;
  readonly clock: Clock;
  readonly prefix: string;
  readonly member: string;
  /** Milliseconds after which reading what holds is tried again. */
  readonly retryMs: number;
  readonly onError: (error: unknown) => void;
}

/** What one member of a fleet tells the others and hears from them. */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #channel: string;
  readonly #keys: readonly string[];
  readonly #subscribers: Set<Subscriber> = new Set();
  #stopListening: (() => void) | undefined;
  #isListening = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
    this.#channel = `${options.prefix}:notices`;
    this.#keys = [`${options.prefix}:notices`, `${options.prefix}:notices-until`];
  }

  publish(notice: Notice): void {
    const { line, member, onError } = this.#options;
    const text = noticeText(member, notice);
    const untilMs = String(Math.ceil(notice.untilEpochMs));
    const isCooling = notice.kind === 'cooling' ? '1' : '0';
    const args = [this.#channel, noticeName(notice), text, untilMs, isCooling];
    line
      .run(
        (send) => publishScript.run(send, this.#keys, args),
        () => {},
      )
      .catch(onError);
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    const subscriber: Subscriber = { listener, early: undefined, isStale: false };
    this.#subscribers.add(subscriber);
    if (this.#stopListening === undefined) this.#listen();
    else if (this.#isListening) void this.#catchUp(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) this.#stop();
    };
  }

  close(): void {
    this.#subscribers.clear();
    this.#stop();
  }

  #listen(): void {
    this.#stopListening = this.#options.connection.listen(this.#channel, {
      onListening: () => {
        this.#isListening = true;
        for (const subscriber of this.#subscribers) void this.#catchUp(subscriber);
      },
      onMessage: (text) => {
        for (const subscriber of this.#subscribers) {
          if (subscriber.early) subscriber.early.push(text);
          else this.#tell(subscriber, text);
        }
      },
      onError: this.#options.onError,
    });
  }

  #stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#isListening = false;
  }

  /** Tells what still holds, and then what came meanwhile. */
  async #catchUp(subscriber: Subscriber): Promise<void> {
    if (subscriber.early !== undefined) {
      subscriber.isStale = true;
      return;
    }
    subscriber.early = [];
    let held: string[] | undefined;
    do {
      subscriber.isStale = false;
      held = await this.#held();
      if (held === undefined) await this.#wait();
    } while ((held === undefined || subscriber.isStale) && this.#subscribers.has(subscriber));
    const { early } = subscriber;
    subscriber.early = undefined;
    for (const text of new Set([...(held ?? []), ...early])) this.#tell(subscriber, text);
  }

  async #held(): Promise<string[] | undefined> {
    const { line, onError } = this.#options;
    try {
      return await line.run(
        (send) => heldScript.run(send, this.#keys, []),
        (texts) => (texts as unknown[]).map(String),
      );
    } catch (error) {
      onError(error);
      return undefined;
    }
  }

  #wait(): Promise<void> {
    const { clock, retryMs } = this.#options;
    return new Promise((resolve) => {
      const timer = clock.every(retryMs, () => {
        timer.cancel();
        resolve();
      });
    });
  }

  #tell(subscriber: Subscriber, text: string): void {
    const { member, clock, onError } = this.#options;
    try {
      const { member: from, notice } = parseNotice(text);
      if (from === member || notice.untilEpochMs <= clock.epochMs()) return;
      if (this.#subscribers.has(subscriber)) subscriber.listener(notice);
    } catch (error) {
      onError(error);
    }
  }
}
