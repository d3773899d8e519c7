// The measure: the least a proxy can do. `node:http` in, undici's dispatch out, the body parsed once, bytes forwarded.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Dispatcher, Pool } from 'undici';

import { serveParent } from './child.ts';

const upstream = new Pool(`http://127.0.0.1:${process.argv[2]}`, {
  connections: 64,
  pipelining: 1,
});

class Forward implements Dispatcher.DispatchHandler {
  readonly #res: ServerResponse;

  constructor(res: ServerResponse) {
    this.#res = res;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#res.on('close', () => {
      if (!this.#res.writableEnded) controller.abort(new Error('the client went away'));
    });
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    const forwarded = ['content-type', headers['content-type'] as string];
    const length = headers['content-length'];
    if (length !== undefined) forwarded.push('content-length', length as string);
    this.#res.writeHead(status, forwarded);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#res.write(chunk)) return;
    controller.pause();
    this.#res.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#res.end();
  }

  onResponseError(): void {
    this.#res.destroy();
  }
}

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    JSON.parse(body.toString());
    upstream.dispatch(
      {
        method: 'POST',
        path: req.url!,
        headers: { 'content-type': 'application/json', authorization: 'Bearer sk-bench' },
        body,
      },
      new Forward(res),
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => serveParent((server.address() as AddressInfo).port));
