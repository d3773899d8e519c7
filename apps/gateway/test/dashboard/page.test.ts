import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { Page } from '../../src/dashboard/page.ts';
import { gatewayOf, type TestGateway } from '../rig.ts';

const targets = [{ id: 'a', provider: 'simulated', model: 'm' }];
const html = '<!doctype html><script src="./assets/app-1a2b3c.js"></script>';
const script = `console.log(${JSON.stringify('x'.repeat(2000))});`;
let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  await mkdir(join(folder, 'built', 'assets'), { recursive: true });
  await writeFile(join(folder, 'built', 'index.html'), html);
  await writeFile(join(folder, 'built', 'favicon.svg'), '<svg/>');
  await writeFile(join(folder, 'built', 'assets', 'app-1a2b3c.js'), script);
  await writeFile(join(folder, 'secret.js'), 'not for you');
  const page = await Page.load([pathToFileURL(join(folder, 'built/'))]);
  gateway = await gatewayOf({ pools: { chat: { targets } } }, '.', page);
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

it('serves the page, which may load nothing from elsewhere and be framed by nobody', async () => {
  const response = await fetch(gateway.url);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(html);
  const header = (name: string): string | null => response.headers.get(name);
  expect(header('content-type')).toBe('text/html; charset=utf-8');
  expect(header('cache-control')).toBe('no-cache');
  expect(header('x-content-type-options')).toBe('nosniff');
  expect(header('referrer-policy')).toBe('no-referrer');
  const policy = header('content-security-policy')!;
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toContain('unsafe');
});

it('lets files with a hash in their name be kept for ever, and sends them small', async () => {
  const response = await fetch(`${gateway.url}/assets/app-1a2b3c.js`, {
    headers: { 'accept-encoding': 'gzip, br' },
  });
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(response.headers.get('content-encoding')).toBe('br');
  expect(Number(response.headers.get('content-length'))).toBeLessThan(200);
  expect(await response.text()).toBe(script);
  const gzip = await fetch(`${gateway.url}/assets/app-1a2b3c.js`, {
    headers: { 'accept-encoding': 'gzip' },
  });
  expect(gzip.headers.get('content-encoding')).toBe('gzip');
  const plain = await raw('/assets/app-1a2b3c.js');
  expect(plain).toMatchObject({ status: 200, body: script });
  const head = await fetch(gateway.url, { method: 'HEAD' });
  expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' });
});

it.each([
  '/../secret.js',
  '/assets/../../secret.js',
  '/assets/..%2f..%2fsecret.js',
  '/%2e%2e/secret.js',
  '/assets/',
  '/assets',
  '/index.html',
  '//secret.js',
])('has no file but its own: %s', async (path) => {
  const { status, body } = await raw(path);
  expect(status).toBe(404);
  expect(body).not.toContain('not for you');
});

it('is there for those who came by an address of the gateway, and to be read only', async () => {
  expect((await raw('/', { host: 'evil.example' })).status).toBe(403);
  expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(405);
});

it('says how it is built where it is not', async () => {
  const page = await Page.load([pathToFileURL(join(folder, 'nowhere/'))]);
  await using other = await gatewayOf({ pools: { chat: { targets } } }, '.', page);
  expect(await (await fetch(other.url)).text()).toContain('npm run build');
});

/** A request that nobody tidies up on its way. */
function raw(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    const sent = request({ hostname, port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    sent.on('error', reject).end();
  });
}
