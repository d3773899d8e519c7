import type { Exchange } from './exchange.ts';
import { type ApiError, badRequest } from './openai-error.ts';

/**
 * Reads the body of a request whole, and hands it to `onBody`; answers by itself when it is not acceptable.
 *
 * @param takesForm - whether it may be a form, instead of JSON.
 */
export function readBody(
  exchange: Exchange,
  onBody: (body: Buffer) => void,
  takesForm = false,
): void {
  const { req, state } = exchange;
  const { headers } = req;
  const type = headers['content-type'];
  const encoding = headers['content-encoding'];
  const isTaken = isJson(type) || (takesForm && isForm(type));
  if (!isTaken || (encoding !== undefined && encoding !== 'identity')) {
    exchange.answerError(wrongType(takesForm, type, encoding));
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

export function isForm(type: string | undefined): type is string {
  return type !== undefined && /^multipart\/form-data\s*(?:;|$)/i.test(type);
}

function wrongType(
  takesForm: boolean,
  type: string | undefined,
  encoding: string | undefined,
): ApiError {
  const taken = takesForm ? 'multipart/form-data or application/json' : 'application/json';
  const got =
    encoding === undefined
      ? (type ?? 'none')
      : `${type ?? 'none'} with content-encoding ${encoding}`;
  const message = `The content-type must be ${taken}, uncompressed; got ${got}.`;
  return badRequest(415, 'unsupported_media_type', message);
}

function tooLarge(maxBytes: number): ApiError {
  const message = `The body is larger than ${maxBytes} bytes, the most this gateway accepts.`;
  return badRequest(413, 'request_too_large', message, { headers: ['connection', 'close'] });
}
