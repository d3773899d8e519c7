import type { ChannelListener, Connection } from './connection.ts';

/** What the store uses of a client of `redis` (node-redis) 5 or later. */
export interface NodeRedisClient {
  readonly isReady: boolean;
  readonly isOpen: boolean;
  sendCommand(command: readonly string[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'ready', listener: () => void): unknown;
  duplicate(): NodeRedisClient;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  destroy(): void;
}

export function nodeRedisConnection(client: NodeRedisClient): Connection {
  return {
    isReady: () => client.isReady,
    send: (command) => client.sendCommand(command),
    watch({ onReady, onError }) {
      client.on('ready', onReady);
      client.on('error', onError);
      return () => {
        client.off('ready', onReady);
        client.off('error', onError);
      };
    },
    listen(channel, listener) {
      const own = client.duplicate();
      own.on('error', listener.onError);
      own.on('ready', () => void subscribe(own, channel, listener));
      own.connect().catch(listener.onError);
      return () => {
        if (own.isOpen) own.destroy();
      };
    },
  };
}

/** The library subscribes again by itself after a reconnect, before it says `ready`; then this asks for nothing. */
async function subscribe(
  own: NodeRedisClient,
  channel: string,
  listener: ChannelListener,
): Promise<void> {
  try {
    await own.subscribe(channel, listener.onMessage);
    listener.onListening();
  } catch (error) {
    listener.onError(error);
  }
}
