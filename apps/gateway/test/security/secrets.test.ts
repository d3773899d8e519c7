import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { formatProblem } from '@plimsoll/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { judge } from '../../src/check/judge.ts';
import { readSettings } from '../../src/settings.ts';
import { PlimsollProcess } from './process.ts';

const env = {
  PLANTED_PROVIDER: 'sk-planted-provider-key',
  PLANTED_ADMIN: 'planted-admin-token',
  PLANTED_METRICS: 'planted-metrics-token',
  PLANTED_OTLP: 'planted-otlp-header',
  PLANTED_REDIS: 'planted-redis-password',
};
const clientKey = 'planted-client-key';

/** What must be nowhere but where it belongs. */
const secrets = [...Object.values(env), clientKey];
/** What only the caller and the provider may see. */
const content = [
  'planted-prompt',
  'planted-user',
  'planted-hash',
  'planted-metadata',
  'planted-answer',
];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-secrets-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function found(planted: readonly string[], text: string): string[] {
  return planted.filter((one) => text.includes(one));
}

async function listen(serve: RequestListener) {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers that say back what was sent, the key above all, in every place of an answer. */
const answers: Readonly<Record<string, (said: string, res: ServerResponse) => void>> = {
  ok: (_said, res) => json(res, 200, completion('planted-answer')),
  stream: (_said, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(`data: ${JSON.stringify(chunk('planted-answer'))}\n\n`);
    res.end(`data: ${JSON.stringify(chunk('', 'stop'))}\n\ndata: [DONE]\n\n`);
  },
  refused: (said, res) => json(res, 401, error(`Incorrect API key provided: ${said}`, said)),
  bad: (said, res) => json(res, 400, error(`Invalid prompt ${said}`, 'invalid_value')),
  badCode: (said, res) => json(res, 400, error(`Invalid prompt ${said}`, said)),
  throttled: (said, res) => json(res, 429, error(`Slow down ${said}`, 'rate_limit_exceeded')),
  broken: (said, res) => json(res, 500, error(`Internal ${said}`, said)),
  text: (said, res) => {
    res.writeHead(503, { 'content-type': 'text/plain', 'x-request-id': said.slice(0, 200) });
    res.end(said);
  },
  notJson: (said, res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(`{"${said}`);
  },
  errorInStream: (said, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(`data: ${JSON.stringify(chunk('planted-answer'))}\n\n`);
    res.end(`data: ${JSON.stringify(error(`Gone ${said}`, said))}\n\n`);
  },
  malformedEvent: (said, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.end(`data: {"${said}\n\n`);
  },
  redirect: (said, res) => {
    res.writeHead(302, { location: `http://127.0.0.1:9/?key=${encodeURIComponent(said)}` });
    res.end();
  },
  reset: (_said, res) => void res.socket!.resetAndDestroy(),
};

function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(body));
}

function error(message: string, code: string): object {
  return { error: { message, type: 'invalid_request_error', param: message, code } };
}

function completion(text: string): object {
  const message = { role: 'assistant', content: text };
  const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
  return { id: 'x', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }], usage };
}

function chunk(text: string, finish: string | null = null): object {
  return {
    id: 'x',
    model: 'm',
    choices: [{ index: 0, delta: { content: text }, finish_reason: finish }],
  };
}

function configOf(upstream: string, collector: string): object {
  const target = {
    provider: 'openai',
    model: 'm',
    apiKey: '${PLANTED_PROVIDER}',
    baseUrl: upstream,
  };
  const pools = Object.keys(answers).map((how) => [
    how,
    { targets: [{ ...target, id: how, baseUrl: `${upstream}/${how}` }], retry: { deadline: '2s' } },
  ]);
  return {
    pools: Object.fromEntries(pools),
    clients: [
      {
        id: 'team',
        keySha256: createHash('sha256').update(clientKey).digest('hex'),
        may: ['pin', 'explain', 'region'],
      },
    ],
    server: { port: 0, admin: { token: '${PLANTED_ADMIN}' } },
    state: { redis: 'redis://:${PLANTED_REDIS}@127.0.0.1:9' },
    metrics: {
      token: '${PLANTED_METRICS}',
      otlp: {
        endpoint: collector.replace('//', '//user:${PLANTED_OTLP}@'),
        headers: { 'x-otlp': '${PLANTED_OTLP}' },
        interval: '1s',
      },
    },
    log: { level: 'debug' },
  };
}

/** An upstream and a collector of metrics that say back all they were sent. */
async function echoes() {
  const upstream = await listen((req, res) => {
    const [, how = ''] = req.url!.split('/');
    let body = '';
    req.on('data', (part) => (body += part));
    req.on('end', () => {
      const key = (req.headers.authorization ?? '').replace('Bearer ', '');
      if (req.method === 'GET') json(res, 401, error(`Incorrect API key provided: ${key}`, key));
      else answers[how]!(`${key} ${body}`, res);
    });
  });
  const collector = await listen((req, res) => {
    req.resume();
    json(res, 401, error(`Unknown ${JSON.stringify(req.headers)}`, 'unknown'));
  });
  return Object.assign(upstream, { collector: collector.url });
}

const request = {
  messages: [{ role: 'user', content: 'planted-prompt' }],
  user: 'planted-user',
  metadata: { trace: 'planted-metadata' },
};

describe('planted keys and content are in nothing that the gateway tells', () => {
  it('its log, metrics, events, decisions, explanations, dashboard data and errors', async () => {
    const upstream = await echoes();
    const path = join(folder, 'gateway.json');
    await writeFile(path, JSON.stringify(configOf(upstream.url, upstream.collector)));
    await using run = new PlimsollProcess(['serve', '--config', path, '--port', '0'], env);
    const url = await run.address();
    const admin = async (where: string, body?: object): Promise<string> => {
      const response = await fetch(`${url}/admin/${where}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${env.PLANTED_ADMIN}`,
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return response.text();
    };
    let told = '';
    const leave = new AbortController();
    const following = ['events', 'watch'].map(async (feed) => {
      const response = await fetch(`${url}/admin/${feed}`, {
        headers: { authorization: `Bearer ${env.PLANTED_ADMIN}` },
        signal: leave.signal,
      });
      const decoder = new TextDecoder();
      for await (const part of response.body!) told += decoder.decode(part as Uint8Array);
    });

    let toCaller = '';
    for (const how of Object.keys(answers)) {
      for (const stream of [false, true]) {
        for (const explain of [false, true]) {
          const response = await fetch(`${url}/v1/chat/completions`, {
            method: 'POST',
            headers: {
              authorization: `Bearer ${clientKey}`,
              'content-type': 'application/json',
              'x-plimsoll-key': 'planted-hash',
              ...(explain ? { 'x-plimsoll-explain': '1' } : {}),
            },
            body: JSON.stringify({ model: how, stream, ...request }),
          }).catch(() => undefined);
          const text = (await response?.text().catch(() => '')) ?? '';
          toCaller += JSON.stringify([...(response?.headers ?? [])]) + text;
          if (explain) told += text;
        }
      }
    }
    const wrong = { authorization: `Bearer ${clientKey}x` };
    toCaller += await (await fetch(`${url}/v1/models`, { headers: wrong })).text();
    toCaller += await (await fetch(`${url}/admin/pools`, { headers: wrong })).text();
    told += await admin('pools');
    told += await admin('decisions?limit=1000');
    told += await admin('explain', { model: 'ok', ...request });
    told += await admin('pools/ok/targets', {
      id: 'new',
      provider: 'openai',
      model: 'm',
      apiKey: env.PLANTED_PROVIDER,
      baseUrl: `http://user:${env.PLANTED_PROVIDER}@127.0.0.1:9`,
    });
    told += await admin('pools/refused/targets/refused/try', {});
    const authorization = `Bearer ${env.PLANTED_METRICS}`;
    told += await (await fetch(`${url}/metrics`, { headers: { authorization } })).text();
    told += await (await fetch(`${url}/readyz`)).text();

    // A file that is wrong in every place where a key may stand.
    const good = configOf(upstream.url, upstream.collector);
    await writeFile(
      path,
      JSON.stringify({
        ...good,
        clients: [{ id: 'team', keySha256: clientKey }],
        server: { admin: { token: `${env.PLANTED_ADMIN} ` } },
        state: { redis: `http://:${env.PLANTED_REDIS}@127.0.0.1` },
      }),
    );
    told += await admin('reload', {});
    await run.until(/the configuration was not reloaded/);
    await run.until(/the metrics are not sent/);
    await run.until(/the state is not saved or shared/);
    leave.abort();
    await Promise.allSettled(following);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);

    // That they were asked, and told something.
    expect(run.printed).toContain('"msg":"request served"');
    expect(run.printed.match(/"msg":"attempt failed"/g)!.length).toBeGreaterThan(10);
    expect(told).toContain('event: attemptFailed');
    expect(told).toContain('"failureFacts"');
    expect(told).toContain('plimsoll_requests_total{');

    const all = run.printed + told;
    expect(found(secrets, all + toCaller)).toEqual([]);
    expect(found(content, all)).toEqual([]);
    await upstream[Symbol.asyncDispose]();
  });

  const key = env.PLANTED_PROVIDER;
  const target = (more: string): string =>
    `pools: { chat: { targets: [{ id: a, model: m, ${more} }] } }`;
  const good = target('provider: simulated');

  it.each([
    ['a key of a wrong type', target(`provider: openai, apiKey: { is: ${key} }`)],
    ['a key in a list', target(`provider: openai, apiKey: [${key}]`)],
    ['a key that no header holds', target(`provider: openai, apiKey: "${key} é"`)],
    ['an unknown key of the file', target(`provider: openai, apikey: ${key}`)],
    ['a password in an address', target(`provider: vllm, baseUrl: "http://user:${key}@h/v1"`)],
    ['a password without a user', target(`provider: vllm, baseUrl: "http://:${key}@h/v1"`)],
    ['a key in a query', target(`provider: vllm, baseUrl: "http://h/v1?key=${key}"`)],
    ['an address that is none', target(`provider: vllm, baseUrl: "htp://user:${key}@h/v1"`)],
    ['an alias', target(`provider: openai, apiKey: *${key}`)],
    ['a quote that does not end', `${good}\nx: "${key}`],
    ['text behind a quote', `${good}\nx: "a" ${key}`],
    ['a tag', `${good}\nx: !${key} a`],
    ['a token with a space', `${good}\nserver: { admin: { token: "${key} x" } }`],
    ['a key instead of its hash', `${good}\nclients: [{ id: a, keySha256: ${key} }]`],
    ['a password of Redis', `${good}\nstate: { redis: "rediss:/x:${key}@h" }`],
    [
      'a header of OTLP',
      `${good}\nmetrics: { otlp: { endpoint: http://h, headers: { a: [${key}] } } }`,
    ],
    ['an endpoint of OTLP', `${good}\nmetrics: { otlp: { endpoint: "htp://u:${key}@h" } }`],
    [
      'two clients with one hash',
      `${good}\nclients: [{ id: a, keySha256: &h ${'0'.repeat(64)} }, { id: b, keySha256: *h }]`,
    ],
  ])('the problems of a file: %s', async (_name, text) => {
    const path = join(folder, 'wrong.yaml');
    await writeFile(path, text);
    const settings = await readSettings(path, {});
    const { errors, warnings } = await judge(settings);
    expect(errors).not.toEqual([]);
    const all = JSON.stringify([errors, warnings]) + errors.map(formatProblem).join();
    expect(found([key, '0'.repeat(64)], all)).toEqual([]);
  });

  it.each([
    ['a password in an address', target(`provider: vllm, baseUrl: "http://u:${key}@h/v1"`)],
    ['a port of Redis that is none', `${good}\nstate: { redis: "redis://x:${key}@h:999999" }`],
  ])('what commands print of %s', async (_name, text) => {
    const path = join(folder, 'printed.yaml');
    await writeFile(path, text);
    for (const args of [
      ['check', path],
      ['check', path, '--json'],
      ['serve', '--config', path, '--port', '0'],
    ]) {
      await using run = new PlimsollProcess(args);
      await run.ended;
      expect(run.printed).not.toBe('');
      expect(found([key], run.printed)).toEqual([]);
    }
  });

  it('what `check --live` says of a refused key', async () => {
    const upstream = await echoes();
    const path = join(folder, 'live.json');
    await writeFile(path, JSON.stringify(configOf(upstream.url, upstream.collector)));
    for (const args of [
      ['check', path, '--live'],
      ['check', path, '--live', '--json'],
    ]) {
      await using run = new PlimsollProcess(args, env);
      expect(await run.ended).toBe(4);
      expect(run.printed).toContain('refused');
      expect(found(secrets, run.printed)).toEqual([]);
    }
    await upstream[Symbol.asyncDispose]();
  });
});
