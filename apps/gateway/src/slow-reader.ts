import type { ServerResponse } from 'node:http';

/** How long a client may take nothing of an answer that is complete, in milliseconds. */
export const STALL_MS = 30_000;

/**
 * Leaves clients that do not take their answers. While an answer is still coming, the pool's time limits end it; one that
 * is complete waits in memory for its client, and nothing else would ever end that.
 *
 * @returns a listener for `prefinish` of each answer: one for all of them, as it is set on every request.
 */
export function slowReaderLimit(stallMs: number): (this: ServerResponse) => void {
  return function leaveSlowReader() {
    const { socket } = this.req;
    // Most answers are with the system at once, and cost no timer.
    if (socket.writableLength === 0) return;
    // Begins anew whenever a part is taken; when it runs out, the server destroys the connection.
    socket.setTimeout(stallMs);
    this.once('finish', () => {
      // Another value is the server's own, for a connection that is kept.
      if (socket.timeout === stallMs) socket.setTimeout(0);
    });
  };
}
