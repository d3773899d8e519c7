// node scripts/check-start.ts: `npm start` serves, obeys SIGTERM, and is quick once installed and built.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const firstLimitMs = 120_000;
const secondLimitMs = 3_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts the gateway, waits until it answers, stops it, and returns how long the answer took. */
async function timeToAnswerMs(limitMs: number): Promise<number> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/healthz`;
  const fromMs = performance.now();
  const npm = spawn('npm', ['start', '--', '--port', String(port)], { stdio: 'inherit' });
  const exit = once(npm, 'exit') as Promise<[number | null]>;
  let tookMs = 0;
  while (npm.exitCode === null && tookMs < limitMs && !(await answers(url))) {
    await wait(50);
    tookMs = performance.now() - fromMs;
  }
  npm.kill('SIGTERM');
  const [code] = await exit;
  if (tookMs >= limitMs) throw new Error(`no answer within ${limitMs} ms`);
  if (code !== 0) throw new Error(`npm start ended with ${code}`);
  if (await answers(url)) throw new Error('the gateway outlived npm start');
  return tookMs;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

console.log(`first start: ${Math.round(await timeToAnswerMs(firstLimitMs))} ms`);
console.log(`second start: ${Math.round(await timeToAnswerMs(secondLimitMs))} ms`);
