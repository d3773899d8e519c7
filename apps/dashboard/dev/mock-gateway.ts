import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { WindowName } from '@plimsoll/monitor';
import { sceneOf, type SceneName } from './scenes.ts';

/** The policy the gateway gives the page. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface MockGateway extends AsyncDisposable {
  readonly url: string;
  /** What the page posted, newest last. */
  readonly posted: readonly { readonly path: string; readonly body: unknown }[];
  /** Shows something else from now on. */
  show(scene: SceneName): void;
  /** Ends all streams, and refuses new ones until told otherwise. */
  setReachable(isReachable: boolean): void;
  /** Resolves when the next view has been sent. */
  nextView(): Promise<void>;
  /** The next change is refused with these words. */
  refuseNext(message: string): void;
}

export interface MockOptions {
  readonly scene: SceneName;
  /** A built page to serve; without it only the API is there. */
  readonly folder?: string;
  /** The time of all samples; without it, the real one. */
  readonly nowMs?: number;
  readonly port?: number;
}

export const MOCK_TOKEN = 'tea';

/** A gateway that shows samples and does nothing, so that the page can be worked on and looked at in every state. */
export async function mockGateway(options: MockOptions): Promise<MockGateway> {
  let { scene } = options;
  let isReachable = true;
  let refusal: string | undefined;
  const posted: { path: string; body: unknown }[] = [];
  const streams = new Set<ServerResponse>();
  const waiting: (() => void)[] = [];
  const now = (): number => options.nowMs ?? Date.now();

  const watch = (url: URL, res: ServerResponse): void => {
    if (!isReachable) return void res.destroy();
    const window = (url.searchParams.get('window') ?? '5m') as WindowName;
    const pool = url.searchParams.get('pool') ?? 'chat';
    if (!['chat', 'embed', 'reason', 'batch'].includes(pool))
      return answerError(res, 404, `There is no pool ${pool}.`);
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (name: string, data: unknown): void => {
      res.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    const first = sceneOf(scene, window, now(), pool);
    send('history', first.history);
    send('view', first.view);
    send('decisions', first.decisions);
    send('events', first.events);
    const timer = setInterval(() => {
      const next = sceneOf(scene, window, now(), pool);
      send('view', next.view);
      for (const resolve of waiting.splice(0)) resolve();
      send('bucket', next.history.buckets.at(-1));
    }, 1000);
    streams.add(res);
    res.on('close', () => {
      clearInterval(timer);
      streams.delete(res);
    });
  };

  const post = async (path: string, req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const text = await textOf(req);
    posted.push({ path, body: text === '' ? {} : JSON.parse(text) });
    if (refusal !== undefined) {
      const message = refusal;
      refusal = undefined;
      return answerError(res, 409, message);
    }
    if (path === '/admin/send') return answerChat(res, JSON.parse(text) as { isStream: boolean });
    if (path === '/admin/explain') return answerJson(res, explanation);
    answerJson(res, {});
  };

  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://mock');
    const { pathname } = url;
    if (!pathname.startsWith('/admin/')) return serveFile(options.folder, pathname, res);
    if (req.headers.authorization !== `Bearer ${MOCK_TOKEN}`)
      return answerError(res, 401, 'The admin API wants its token.');
    if (pathname === '/admin/watch') return watch(url, res);
    if (pathname.startsWith('/admin/calls/')) {
      const call = sceneOf(scene, '5m', now()).explained.get(
        Number(pathname.slice('/admin/calls/'.length)),
      );
      return call === undefined
        ? answerError(res, 404, 'That call is no longer kept.')
        : answerJson(res, call);
    }
    if (req.method === 'POST') return void post(pathname, req, res);
    answerError(res, 404, `There is no ${pathname} here.`);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    posted,
    show: (next) => {
      scene = next;
    },
    setReachable: (next) => {
      isReachable = next;
      if (!next) for (const stream of streams) stream.destroy();
    },
    nextView: () => new Promise((resolve) => waiting.push(resolve)),
    refuseNext: (message) => {
      refusal = message;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serveFile(folder: string | undefined, pathname: string, res: ServerResponse): void {
  const file = join(folder ?? '', normalize(pathname === '/' ? '/index.html' : pathname));
  if (folder === undefined || !existsSync(file))
    return answerError(res, 404, `There is no ${pathname} here.`);
  res.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  });
  createReadStream(file).pipe(res);
}

function answerJson(res: ServerResponse, body: unknown): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function answerError(res: ServerResponse, status: number, message: string): void {
  res
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { message } }));
}

async function textOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return text;
}

const words =
  'A Plimsoll line is a mark on a ship’s hull that shows how deep it may safely sit when loaded.'.split(
    ' ',
  );

function answerChat(res: ServerResponse, { isStream }: { isStream: boolean }): void {
  const headers = {
    'x-plimsoll-target': 'openai-1',
    'x-plimsoll-attempts': '1',
    'x-plimsoll-overhead-ms': '0.2',
    'x-plimsoll-request-id': 'req_8f3kq2w1',
  };
  const usage = { prompt_tokens: 17, completion_tokens: 41 };
  if (!isStream) {
    res.writeHead(200, { ...headers, 'content-type': 'application/json' });
    res.end(JSON.stringify({ choices: [{ message: { content: words.join(' ') } }], usage }));
    return;
  }
  res.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
  for (const word of words)
    res.write(`data: ${JSON.stringify({ choices: [{ delta: { content: `${word} ` } }] })}\n\n`);
  res.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
}

const explanation = {
  target: 'claude-us',
  strategy: 'weighted-round-robin',
  path: ['weighted-round-robin'],
  candidates: ['openai-1', 'claude-us', 'claude-eu', 'gemini-eu'].map((target) => ({
    target,
    reason: target === 'claude-eu' ? 'draining' : 'admissible',
  })),
  order: ['claude-us', 'openai-1', 'gemini-eu'],
};
