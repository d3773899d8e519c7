import type { Connection } from './connection.ts';

/** What the store uses of a client of `ioredis` 5 or later. */
export interface IoRedisClient {
  readonly status: string;
  call(command: string, ...args: string[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'ready', listener: () => void): unknown;
  duplicate(): IoRedisClient;
  connect(): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
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
