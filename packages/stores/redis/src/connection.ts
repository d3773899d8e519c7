/** What this store needs of a client library. Each library has an adapter of this form. */
export interface Connection {
  /** Whether a command would go out now; otherwise the library keeps it until the server is back. */
  isReady(): boolean;
  /** Sends a command, behind those sent before; numbers and texts of the answer come as they are, lists as arrays. */
  send(command: readonly string[]): Promise<unknown>;
  /** Calls back each time the connection is ready, and with each error of it; returns the way to stop. */
  watch(watcher: { onReady(): void; onError(error: Error): void }): () => void;
  /** Opens a second connection that hears what is published on `channel`, until the returned function is called. */
  listen(channel: string, listener: ChannelListener): () => void;
}

/** Hears what is published on a channel. */
export interface ChannelListener {
  /** From now on nothing is missed; called again after each time the connection was lost. */
  onListening(): void;
  onMessage(text: string): void;
  onError(error: unknown): void;
}
