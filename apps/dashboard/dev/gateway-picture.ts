// node dev/gateway-picture.ts FILE: the picture of the READMEs, of a real gateway after five minutes of traffic.
import { setTimeout as wait } from 'node:timers/promises';
import { chromiumPath, launch } from './chromium.ts';
import { gatewayProcess, TOKEN, type GatewayProcess } from './gateway-process.ts';

const file = process.argv[2];
const chromium = chromiumPath();
if (file === undefined || chromium === undefined)
  throw new Error('A file is needed, and Chromium.');

const RATE = 30;

/** An API to send to: a gateway of its own, whose pools are simulated models. */
function upstream(models: Readonly<Record<string, object>>): Promise<GatewayProcess> {
  const targets = Object.entries(models).map(([model, simulate], index) => ({
    id: `m${index}`,
    provider: 'simulated',
    model,
    simulate: { jitterRatio: 0.35, seed: index + 1, ...simulate },
  }));
  const pools = Object.fromEntries(targets.map(({ id, model }) => [model, { targets: [id] }]));
  return gatewayProcess({ targets, pools });
}

await using steady = await upstream({
  'gpt-5-mini': { firstToken: '380ms', tokensPerSecond: 90 },
  'gpt-oss-120b': { firstToken: '240ms', tokensPerSecond: 220 },
  'mistral-small': { firstToken: '310ms', tokensPerSecond: 120 },
});
const failing = await upstream({ 'gpt-5-mini': { firstToken: '430ms', tokensPerSecond: 80 } });

function target(id: string, provider: string, model: string, region: string, more: object): object {
  const baseUrl = `${(id === 'openai-2' ? failing : steady).url}/v1`;
  return { id, provider, model, region, baseUrl, apiKey: `sk-${id}`, ...more };
}

await using gateway = await gatewayProcess({
  targets: [
    target('openai-1', 'openai', 'gpt-5-mini', 'us-east', {
      weight: 30,
      limits: { rpm: 1400, tpm: 160_000 },
      price: { input: 0.25, output: 2 },
    }),
    target('openai-2', 'openai', 'gpt-5-mini', 'us-west', {
      weight: 20,
      limits: { rpm: 1400, tpm: 160_000 },
      price: { input: 0.25, output: 2 },
    }),
    target('groq-us', 'groq', 'gpt-oss-120b', 'us-east', {
      weight: 15,
      limits: { rpm: 530, concurrency: 60 },
      price: { input: 0.15, output: 0.6 },
    }),
    target('groq-eu', 'groq', 'gpt-oss-120b', 'eu-west', {
      weight: 10,
      limits: { rpm: 530, concurrency: 60 },
      price: { input: 0.15, output: 0.6 },
    }),
    target('mistral-1', 'mistral', 'mistral-small', 'eu-west', {
      weight: 15,
      limits: { rpm: 600 },
      price: { input: 0.1, output: 0.3 },
    }),
    target('mistral-2', 'mistral', 'mistral-small', 'eu-north', {
      weight: 5,
      limits: { rpm: 600 },
      price: { input: 0.1, output: 0.3 },
    }),
  ],
  pools: {
    chat: {
      strategy: 'weighted-round-robin',
      targets: ['openai-1', 'openai-2', 'groq-us', 'groq-eu', 'mistral-1', 'mistral-2'],
    },
    batch: { strategy: 'cost', targets: ['mistral-1', 'mistral-2'] },
  },
});

/** What is done to the gateway, and when, in seconds of traffic. */
const happenings: readonly (readonly [number, () => PromiseLike<void>])[] = [
  [90, () => admin('groq-us/weight', { weight: 20 })],
  [170, () => admin('groq-eu/drain', {})],
  [288, () => failing[Symbol.asyncDispose]()],
];
const LAST = 318;

async function admin(path: string, body: object): Promise<void> {
  await fetch(`${gateway.url}/admin/pools/chat/targets/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(body),
  });
}

let sent = 0;
function send(): void {
  const index = sent++;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (index % 90 === 7) headers['x-plimsoll-region'] = 'eu-west';
  const model = index % 140 === 9 ? 'chat@mistral-1' : 'chat';
  const content = 'A question of some length. '.repeat(1 + (index % 14));
  const body = JSON.stringify({
    model,
    stream: index % 2 === 0,
    messages: [{ role: 'user', content }],
  });
  void fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body }).then(
    (answer) => answer.text(),
  );
}

const fromMs = performance.now();
const pending = [...happenings];

/** Lets traffic flow until `end` says so. */
async function flow(end: () => boolean): Promise<void> {
  while (!end()) {
    const seconds = (performance.now() - fromMs) / 1000;
    while (sent < seconds * RATE) send();
    if (pending[0] !== undefined && seconds >= pending[0][0]) await pending.shift()?.[1]();
    await wait(10);
  }
}

async function take(executablePath: string, path: string): Promise<void> {
  const browser = await launch(executablePath);
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  await page.goto(`${gateway.url}/?pool=chat#token=${TOKEN}`);
  await page.getByRole('img', { name: /^Share of requests/ }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.screenshot({ path, fullPage: true });
  await browser.close();
}

await flow(() => performance.now() - fromMs > LAST * 1000);
let isTaken = false;
await Promise.all([take(chromium, file).finally(() => (isTaken = true)), flow(() => isTaken)]);
