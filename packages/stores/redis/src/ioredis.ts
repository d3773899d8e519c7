import type { Connection } from './connection.ts';

/** What the store uses of a client of `ioredis` 5 or later. */
export interface IoRedisClient {
  readonly status: string;
  /** Sends one command. */
  call(command: string, ...args: string[]): Promise<unknown>;
  /** A connection failed. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** A connection stands. */
  on(event: 'ready', listener: () => void): unknown;
  /** Something was published. */
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  /** Undoes `on`. */
  off(event: 'error', listener: (error: Error) => void): unknown;
  /** Undoes `on`. */
  off(event: 'ready', listener: () => void): unknown;
  /** A client like it, with a connection of its own. */
  duplicate(): IoRedisClient;
  /** Connects a client that was made with `lazyConnect`. */
  connect(): Promise<unknown>;
  /** Listens to a channel. */
  subscribe(channel: string): Promise<unknown>;
  /** Closes the connection. */
  disconnect(): void;
}

export function ioRedisConnection(client: IoRedisClient): Connection {
  return {
    isReady: () => client.status === 'ready',
    send: ([name = '', ...args]) => client.call(name, ...args),
    watch({ onReady, onError }) {
      client.on('ready', onReady);
      client.on('error', onError);
      return () => {
        client.off('ready', onReady);
        client.off('error', onError);
      };
    },
    listen(channel, { onListening, onMessage, onError }) {
      const own = client.duplicate();
      own.on('error', onError);
      own.on('message', (from, message) => {
        if (from === channel) onMessage(message);
      });
      // The library subscribes again by itself, but does not say when that is done.
      own.on('ready', () => void own.subscribe(channel).then(onListening, onError));
      // A client that connects by itself is on its way already.
      if (own.status === 'wait') own.connect().catch(onError);
      return () => own.disconnect();
    },
  };
}
