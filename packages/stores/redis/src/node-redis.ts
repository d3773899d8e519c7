import type { ChannelListener, Connection } from './connection.ts';

/** What the store uses of a client of `redis` (node-redis) 5 or later. */
export interface NodeRedisClient {
  readonly isReady: boolean;
  readonly isOpen: boolean;
  /** Sends one command. */
  sendCommand(command: readonly string[]): Promise<unknown>;
  /** A connection failed. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** A connection stands. */
  on(event: 'ready', listener: () => void): unknown;
  /** Undoes `on`. */
  off(event: 'error', listener: (error: Error) => void): unknown;
  /** Undoes `on`. */
  off(event: 'ready', listener: () => void): unknown;
  /** A client like it, with a connection of its own. */
  duplicate(): NodeRedisClient;
  /** Connects. */
  connect(): Promise<unknown>;
  /** Listens to a channel. */
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  /** Closes the connection. */
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
