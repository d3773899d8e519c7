import type { Exchange } from './exchange.ts';
import { type ApiError, badRequest } from './openai-error.ts';

/** Reads the JSON body of a request whole, and hands it to `onBody`; answers by itself when it is not acceptable. */
export function readBody(exchange: Exchange, onBody: (body: Buffer) => void): void {
  const { req, state } = exchange;
  const { headers } = req;
  const type = headers['content-type'];
  const encoding = headers['content-encoding'];
  if (!isJson(type) || (encoding !== undefined && encoding !== 'identity')) {
    exchange.answerError(wrongType(type, encoding));
    return;
  }
  if (Number(headers['content-length']) > state.maxBodyBytes) {
    exchange.answerError(tooLarge(state.maxBodyBytes));
    return;
  }
  let size = 0;
  let only: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > state.maxBodyBytes) {
      exchange.answerError(tooLarge(state.maxBodyBytes));
    } else if (only === undefined) {
      only = chunk;
    } else {
      chunks ??= [only];
      chunks.push(chunk);
    }
  });
  req.on('end', () => {
    if (size > state.maxBodyBytes) return;
    try {
      onBody(chunks === undefined ? (only ?? Buffer.alloc(0)) : Buffer.concat(chunks, size));
    } catch (error) {
      exchange.answerFault(error);
    }
  });
}

function isJson(type: string | undefined): boolean {
  if (type === 'application/json') return true;
  return type !== undefined && /^application\/json\s*(?:;|$)/i.test(type);
}

function wrongType(type: string | undefined, encoding: string | undefined): ApiError {
  const got =
    encoding === undefined
      ? (type ?? 'none')
      : `${type ?? 'none'} with content-encoding ${encoding}`;
  const message = `The content-type must be application/json, uncompressed; got ${got}.`;
  return badRequest(415, 'unsupported_media_type', message);
}

function tooLarge(maxBytes: number): ApiError {
  const message = `The body is larger than ${maxBytes} bytes, the most this gateway accepts.`;
  return badRequest(413, 'request_too_large', message, { headers: ['connection', 'close'] });
}
