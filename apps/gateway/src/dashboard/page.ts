import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import type { Exchange } from '../exchange.ts';
import { badRequest } from '../openai-error.ts';

/** Where the built page is: beside the built gateway, and in the folder of its own package for sources. */
const PLACES: readonly URL[] = ['./dashboard/', '../../../dashboard/dist/'].map(
  (place) => new URL(place, import.meta.url),
);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Nothing from elsewhere, no script and no style that is written into the page, and no other page around it. */
const POLICY: readonly string[] = [
  'content-security-policy',
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options',
  'nosniff',
  'referrer-policy',
  'no-referrer',
  'cross-origin-opener-policy',
  'same-origin',
];

/** Names of files under this folder hold a hash of their content. */
const HASHED = '/assets/';

interface PageFile {
  readonly headers: readonly string[];
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>Plimsoll</title>
<p>The dashboard is not built. Run <code>npm run build</code>, then start the gateway again.</p>
`;

/** The dashboard's files: read once, and nothing else can be asked for. */
export class Page {
  readonly #files = new Map<string, PageFile>();

  /** Reads the built page from the first of `folders` that has one; without one, a page that says so. */
  static async load(folders: readonly URL[] = PLACES): Promise<Page> {
    const page = new Page();
    for (const folder of folders) {
      const names: string[] = await readdir(folder, { recursive: true }).catch(() => []);
      if (!names.includes('index.html')) continue;
      for (const name of names) {
        const file = fileURLToPath(new URL(name, folder));
        const content = await readFile(file).catch(() => undefined);
        // A folder is among the names, and cannot be read.
        if (content !== undefined) await page.#add(`/${name.replaceAll('\\', '/')}`, content);
      }
      return page;
    }
    await page.#add('/index.html', Buffer.from(NOT_BUILT));
    return page;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Serves the file at `path`; false if there is none. */
  serve(exchange: Exchange, path: string): boolean {
    const file = this.#files.get(path);
    if (file === undefined) return false;
    const { req, res } = exchange;
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      const message = `${path} takes GET, not ${req.method}.`;
      const headers = ['allow', 'GET, HEAD'];
      exchange.answerError(badRequest(405, 'method_not_allowed', message, { headers }));
      return true;
    }
    const accepted = req.headers['accept-encoding'] ?? '';
    const headers = [...exchange.headers(undefined), ...file.headers];
    let body = file.plain;
    if (/\bbr\b/.test(accepted)) {
      body = file.brotli;
      headers.push('content-encoding', 'br');
    } else if (/\bgzip\b/.test(accepted)) {
      body = file.gzip;
      headers.push('content-encoding', 'gzip');
    }
    headers.push('content-length', String(body.length));
    res.writeHead(200, headers);
    res.end(req.method === 'HEAD' ? undefined : body);
    return true;
  }

  async #add(path: string, plain: Buffer): Promise<void> {
    const type = TYPES[extname(path)];
    if (type === undefined) return;
    const isHashed = path.startsWith(HASHED);
    const headers = [
      ...POLICY,
      'content-type',
      type,
      'cache-control',
      isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      'vary',
      'accept-encoding',
    ];
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
    const file = {
      headers,
      plain,
      gzip: await promisify(gzip)(plain),
      brotli: await promisify(brotliCompress)(plain, { params }),
    };
    this.#files.set(path === '/index.html' ? '/' : path, file);
  }
}
