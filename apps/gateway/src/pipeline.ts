import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that may wait for the answer before theirs. */
const MOST_WAITING = 16;

const waiting = new WeakMap<Socket, number>();

/**
 * Calls `start` when it is this request's turn to be answered on its connection: at once, unless the client sent it
 * before the last one was answered. Node begins such requests together, and tells nobody when their client has left:
 * one connection could start any number of them, and each would be worked on to its end. A connection on which too many
 * wait is closed.
 */
export function inTurn(req: IncomingMessage, res: ServerResponse, start: () => void): void {
  if (res.socket !== null) {
    start();
    return;
  }
  const { socket } = req;
  const count = (waiting.get(socket) ?? 0) + 1;
  if (count > MOST_WAITING) {
    socket.destroy();
    return;
  }
  waiting.set(socket, count);
  res.once('socket', () => {
    waiting.set(socket, waiting.get(socket)! - 1);
    start();
  });
}
