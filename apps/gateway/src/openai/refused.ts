import type { Exchange } from '../exchange.ts';
import { badRequest } from '../openai-error.ts';
import { operations } from './operation.ts';

/** Parts of OpenAI's API that belong to one account: what is made there is found there alone. */
const ofAccounts =
  /^\/v1\/(?:files|uploads|batches|assistants|threads|vector_stores|fine_tuning|containers|videos|evals|conversations|organization|skills|chatkit|chat\/completions)(?:\/|$)/;

/** Parts of it that are connections, not requests. */
const ofConnections = /^\/v1\/(?:realtime|live)(?:\/|$)/;

const ofAnthropic = /^\/v1\/(?:messages|complete)(?:\/|$)/;
const ofGoogle = /^\/(?:v1beta\d*\/|v1\/models\/[^/]+:\w+$)/;

/**
 * Refuses what is known and not served, in the form that the client who asks for it understands.
 *
 * @returns false when `path` is none of it.
 */
export function serveRefusal(exchange: Exchange, path: string): boolean {
  if (ofAccounts.test(path)) refuse(exchange, `${path} belongs to one account of one provider`);
  else if (ofConnections.test(path)) refuse(exchange, `${path} is a connection, not a request`);
  else if (ofAnthropic.test(path)) {
    refuseForeign(exchange, 'Anthropic', path, ({ message }) =>
      JSON.stringify({
        type: 'error',
        error: { type: 'not_found_error', message },
        request_id: exchange.id,
      }),
    );
  } else if (ofGoogle.test(path)) {
    refuseForeign(exchange, 'Gemini', path, ({ status: code, message }) =>
      JSON.stringify({ error: { code, message, status: 'NOT_FOUND' } }),
    );
  } else return false;
  return true;
}

/** 404 and not 501: clients repeat what ends in a status of 500 or more. */
function refuse(exchange: Exchange, what: string): void {
  const served = operations.map(({ path }) => `/v1${path}`).join(', ');
  const message = `${what}: it is not supported here, ask the provider itself. Supported: ${served}.`;
  exchange.answerError(badRequest(404, 'unsupported_endpoint', message));
}

/** Answers a client of another API, in the form that `errorBody` gives to errors. */
function refuseForeign(
  exchange: Exchange,
  api: string,
  path: string,
  errorBody: Exchange['errorBody'],
): void {
  const message = `This gateway does not speak the API of ${api} (${path}); it speaks OpenAI’s, at /v1/chat/completions.`;
  exchange.errorBody = errorBody;
  exchange.answerError(badRequest(404, 'unsupported_endpoint', message));
}
