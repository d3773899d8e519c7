import { missingRight, unknownKey } from './access.ts';
import { BufferedAnswer } from './buffered-answer.ts';
import { type Client, mayUse } from './client-directory.ts';
import type { Exchange } from './exchange.ts';
import { badRequest } from './openai-error.ts';
import { type Operation, openAIRequest } from './openai-traits.ts';
import { readBody } from './read-body.ts';
import { StreamedAnswer } from './streamed-answer.ts';

/** Serves one operation of OpenAI's API from the pool that the body names. */
export function serveOpenAI(exchange: Exchange, operation: Operation, path: string): void {
  const { clients } = exchange.state;
  const client = clients?.find(exchange.req.headers.authorization);
  if (clients !== undefined && client === undefined) {
    exchange.answerError(unknownKey(exchange.req.headers.authorization));
    return;
  }
  readBody(exchange, (body) => start(exchange, operation, path, body, client));
}

function start(
  exchange: Exchange,
  operation: Operation,
  path: string,
  body: Buffer,
  client: Client | undefined,
): void {
  const receivedMs = performance.now();
  const json = parse(body);
  if (json === undefined) {
    exchange.answerError(badRequest(400, 'invalid_json', 'The body is not a JSON object.'));
    return;
  }
  const { model } = json;
  if (typeof model !== 'string' || model === '') {
    const message = 'The body must name a pool as its `model`, a string.';
    exchange.answerError(badRequest(400, 'missing_model', message, { param: 'model' }));
    return;
  }
  const { directory } = exchange.state;
  const destination = directory.find(model);
  if (destination === undefined || !mayUse(client, destination.pool.name)) {
    const names = client?.pools?.join(', ') ?? directory.describe();
    const message = `The model \`${model}\` does not exist here. What exists: ${names}.`;
    exchange.answerError(badRequest(404, 'model_not_found', message, { param: 'model' }));
    return;
  }
  const { pool } = destination;
  exchange.pool = pool;
  const { req, res } = exchange;
  const refused = missingRight(client, req.headers, destination);
  if (refused !== undefined) {
    exchange.answerError(refused);
    return;
  }
  const request = openAIRequest(operation, path, json, body, req.headers, destination, client);
  if (req.headers['x-plimsoll-explain'] !== undefined) {
    exchange.answerJson(200, pool.balancer.explain(request));
    return;
  }
  const answer =
    request.isStream === true ? new StreamedAnswer(exchange) : new BufferedAnswer(exchange);
  const call = pool.balancer.start(request, answer);
  exchange.overheadMs = performance.now() - receivedMs;
  res.on('close', () => {
    if (!res.writableEnded) call.abort();
  });
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : undefined;
}
