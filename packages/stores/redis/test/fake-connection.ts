import type { ChannelListener, Connection } from '../src/connection.ts';

/** An answer to be given by hand. */
export interface OpenAnswer {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** A connection to nothing. */
export class FakeConnection implements Connection {
  ready = true;
  /** The names of the commands that went out. */
  readonly sent: string[] = [];
  readonly answers: OpenAnswer[] = [];
  /** Who listens to the channel. */
  listener: ChannelListener | undefined;

  isReady(): boolean {
    return this.ready;
  }

  send([name = '']: readonly string[]): Promise<unknown> {
    this.sent.push(name);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.answers.push({ resolve, reject });
    return promise;
  }

  watch(): () => void {
    return () => {};
  }

  listen(_channel: string, listener: ChannelListener): () => void {
    this.listener = listener;
    return () => {
      this.listener = undefined;
    };
  }
}

/** Lets all that is settled be taken. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
