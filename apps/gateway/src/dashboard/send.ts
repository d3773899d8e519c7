import type { IncomingHttpHeaders } from 'node:http';

import type { AdminCall } from '../admin/admin-call.ts';
import { badRequest } from '../openai-error.ts';
import { serveAsOperator } from '../openai/front.ts';
import { chat, operations } from '../openai/operation.ts';

/**
 * `POST /admin/send`: sends `body` as a client would to `path`, with `model`, with or without `isStream`, and with the
 * `key`, `region` and `tags` of `headers`. The operator needs no client's key and may ask for any pool and target.
 */
export function serveSend({ exchange, json }: AdminCall): void {
  const { model, path = chat.path, body, headers, isStream } = json;
  const operation = operations.find((one) => one.path === path && !one.takesForm);
  if (operation === undefined || typeof body !== 'object' || body === null) {
    const message = 'The body must have a `body`, an object, and may have a `path` of JSON.';
    exchange.answerError(badRequest(400, 'invalid_request', message));
    return;
  }
  const sent = {
    ...body,
    ...(model === undefined ? {} : { model }),
    ...(isStream === undefined ? {} : { stream: isStream }),
  };
  serveAsOperator(exchange, operation, Buffer.from(JSON.stringify(sent)), headersOf(headers));
}

function headersOf(stated: unknown): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  const given = typeof stated === 'object' && stated !== null ? Object.entries(stated) : [];
  for (const name of ['key', 'region', 'tags']) {
    const [, value] = given.find(([one]) => one === name) ?? [];
    if (typeof value === 'string' && value !== '') headers[`x-plimsoll-${name}`] = value;
  }
  return headers;
}
