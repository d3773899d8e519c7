import { type Clock, PlimsollError, type Timer } from '@plimsoll/core';

import type { Connection } from './connection.ts';

/** Sends a command of a call, as long as somebody waits for its answer. */
export type Send = (command: readonly string[]) => Promise<unknown>;

interface Call {
  readonly start: (send: Send) => Promise<unknown>;
  readonly onAnswer: (answer: unknown) => void;
  readonly onFailure: (error: unknown) => void;
  readonly timer: Timer;
  /** Halves of the time limit that have passed. */
  halves: number;
  isOver: boolean;
}

/** Options of `Line`. */
export interface LineOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** How many calls may be under way at once. */
  readonly width: number;
  readonly timeLimitMs: number;
}

/**
 * Calls that wait for their turn and for the connection, each within a time limit that begins when it is made. What
 * cannot be sent in time is never sent: left to the client library, it would be sent hours later.
 */
export class Line {
  readonly #options: LineOptions;
  readonly #waiting: Call[] = [];
  readonly #underWay: Set<Call> = new Set();
  #whenEmpty: (() => void) | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /**
   * Runs a call: `start` sends its commands, and `take` makes the result of the answer, before the next call starts. An
   * answer that comes too late is not taken.
   */
  run<Result>(
    start: (send: Send) => Promise<unknown>,
    take: (answer: unknown) => Result,
  ): Promise<Result> {
    const { clock, timeLimitMs } = this.#options;
    return new Promise((resolve, reject) => {
      const call: Call = {
        start,
        onAnswer: (answer) => {
          try {
            resolve(take(answer));
          } catch (error) {
            reject(storeError(error));
          }
        },
        onFailure: reject,
        timer: clock.every(timeLimitMs / 2, () => this.#tick(call)),
        halves: 0,
        isOver: false,
      };
      this.#waiting.push(call);
      this.advance();
    });
  }

  /** Starts what may start now; to be called when the connection is ready. */
  advance(): void {
    const { connection, width } = this.#options;
    while (this.#waiting.length > 0 && this.#underWay.size < width && connection.isReady()) {
      this.#start(this.#waiting.shift()!);
    }
  }

  /** Sends a command whose answer nobody waits for, behind what is under way. Where it cannot go out now, it does not. */
  sendAside(command: readonly string[]): void {
    const { connection } = this.#options;
    if (connection.isReady()) connection.send(command).catch(() => {});
  }

  /** Resolves when no call waits or is under way. */
  empty(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      this.#checkEmpty();
    });
  }

  #start(call: Call): void {
    this.#underWay.add(call);
    const send: Send = (command) =>
      call.isOver
        ? Promise.reject(new Error('the time limit was over before the command was sent'))
        : this.#options.connection.send(command);
    call.start(send).then(
      (answer) => this.#end(call, () => call.onAnswer(answer)),
      (error: unknown) => this.#end(call, () => call.onFailure(storeError(error))),
    );
  }

  /**
   * Where the process itself stood still for the whole limit, its timers come before the answers that wait in its
   * sockets. So a time limit is over in two steps, and what came meanwhile is read in between.
   */
  #tick(call: Call): void {
    call.halves++;
    if (call.halves < 2) return;
    const isSent = this.#underWay.has(call);
    if (!isSent) this.#waiting.splice(this.#waiting.indexOf(call), 1);
    const reason = `${isSent ? 'no answer' : 'not sent'} within ${this.#options.timeLimitMs} ms`;
    this.#end(call, () => call.onFailure(storeError(reason)));
  }

  #end(call: Call, settle: () => void): void {
    if (call.isOver) return;
    call.isOver = true;
    call.timer.cancel();
    this.#underWay.delete(call);
    settle();
    this.advance();
    this.#checkEmpty();
  }

  #checkEmpty(): void {
    if (this.#waiting.length === 0 && this.#underWay.size === 0) this.#whenEmpty?.();
  }
}

/** An error of the client library, or words of our own. */
function storeError(cause: unknown): PlimsollError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PlimsollError('ERR_PLIMSOLL_STORE', `redisStore: ${reason}`, { cause });
}
