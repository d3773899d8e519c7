import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection to a gateway, for what no HTTP client would send. */
export class RawConnection {
  readonly socket: Socket;
  /** What came back. */
  received = '';
  readonly closed: Promise<unknown>;

  constructor(url: string) {
    this.socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => (this.received += chunk.toString('latin1')));
    this.closed = once(this.socket, 'close');
  }

  /** Resolves when what came back matches. */
  async until(expression: RegExp): Promise<void> {
    while (!expression.test(this.received)) {
      if (this.socket.closed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
  }
}

/** All that a gateway answers to `text` until it closes the connection. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const connection = new RawConnection(url);
  connection.socket.write(text, 'latin1');
  await connection.closed;
  return connection.received;
}

/** A request for one answer on a connection of its own. */
export function rawPost(path: string, body: string, headers = ''): string {
  return (
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n` +
    `content-type: application/json\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`
  );
}

/** The status of each answer, in order. */
export function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}
