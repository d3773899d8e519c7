import type { IncomingHttpHeaders } from 'node:http';

import type { Target } from '@plimsoll/core';

import { missingRight, pastLimits, unknownKey } from '../access.ts';
import { BufferedAnswer } from '../buffered-answer.ts';
import { type Client, mayUse } from '../client-directory.ts';
import type { Exchange } from '../exchange.ts';
import { type ApiError, badRequest } from '../openai-error.ts';
import type { Destination } from '../pool-directory.ts';
import { isForm, readBody } from '../read-body.ts';
import { StreamedAnswer } from '../streamed-answer.ts';
import { AnswerIds } from './answer-ids.ts';
import { readForm } from './form.ts';
import { parseObject, textOf } from './json.ts';
import { keptIn } from './kept.ts';
import { namesOneModel } from './one-model.ts';
import type { Operation } from './operation.ts';
import { ownerOf, tenantOf } from './owner.ts';
import { send } from './send.ts';
import { openAIRequest, type Received } from './traits.ts';

/** Longer than any name there is. Patterns take a time that may grow with its square. */
const LONGEST_MODEL = 256;

/** Serves one operation of OpenAI's API from the pool that the body names. */
export function serveOpenAI(exchange: Exchange, operation: Operation): void {
  const { clients } = exchange.state;
  const { authorization } = exchange.req.headers;
  const client = clients?.find(authorization);
  if (clients !== undefined && client === undefined) {
    exchange.answerError(unknownKey(authorization));
    return;
  }
  const wait = pastLimits(exchange, client);
  if (wait !== undefined) {
    exchange.answerError(wait);
    return;
  }
  const { headers } = exchange.req;
  const onBody = (body: Buffer): void => begin(exchange, operation, body, client, headers);
  readBody(exchange, onBody, operation.takesForm);
}

/** Serves a JSON body as the gateway's operator, who may ask for any pool, by these headers. */
export function serveAsOperator(
  exchange: Exchange,
  operation: Operation,
  body: Buffer,
  headers: IncomingHttpHeaders,
): void {
  begin(exchange, operation, body, undefined, headers);
}

/** A request that may be served. */
interface Admitted {
  readonly operation: Operation;
  readonly received: Received;
  readonly destination: Destination;
  readonly client: Client | undefined;
  readonly headers: IncomingHttpHeaders;
  /** On the clock of `performance.now()`. */
  readonly receivedMs: number;
}

function begin(
  exchange: Exchange,
  operation: Operation,
  body: Buffer,
  client: Client | undefined,
  headers: IncomingHttpHeaders,
): void {
  const receivedMs = performance.now();
  const received = read(exchange, operation, body);
  if ('status' in received) {
    exchange.answerError(received);
    return;
  }
  const { model } = received.json;
  if (typeof model !== 'string' || model === '') {
    const message = 'The body must name a pool as its `model`, a string.';
    exchange.answerError(badRequest(400, 'missing_model', message, { param: 'model' }));
    return;
  }
  if (model.length > LONGEST_MODEL) {
    const message = `The name of a model may have ${LONGEST_MODEL} characters.`;
    exchange.answerError(badRequest(400, 'invalid_model', message, { param: 'model' }));
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
  exchange.pool = destination.pool;
  const refused = missingRight(client, headers, destination);
  if (refused !== undefined) {
    exchange.answerError(refused);
    return;
  }
  const admitted = { operation, received, destination, client, headers, receivedMs };
  if (operation.isStateful) startAtOwner(exchange, admitted);
  else start(exchange, admitted, undefined);
}

function read(exchange: Exchange, operation: Operation, body: Buffer): Received | ApiError {
  const type = exchange.req.headers['content-type'];
  if (operation.takesForm && isForm(type)) {
    const form = readForm(body, type);
    return typeof form === 'string'
      ? badRequest(400, 'invalid_form', `The body cannot be read as a form: ${form}.`)
      : { json: form.json, form: form.wire, body, isPlain: true };
  }
  const text = textOf(body);
  const json = text === undefined ? undefined : parseObject(text);
  if (text === undefined || json === undefined) {
    return badRequest(400, 'invalid_json', 'The body is not a JSON object.');
  }
  return { json, body, isPlain: namesOneModel(text) };
}

/** Sends a request to whoever keeps what it refers to. */
function startAtOwner(exchange: Exchange, admitted: Admitted): void {
  const { received, destination, client } = admitted;
  const kept = keptIn(received.json);
  if (kept.length === 0) {
    start(exchange, admitted, undefined);
    return;
  }
  const { owners, clients } = exchange.state;
  ownerOf(owners, kept, destination, tenantOf(client), clients?.isOneTenant ?? true)
    .then((owner) => {
      if (exchange.res.closed) return;
      if (typeof owner === 'object') exchange.answerError(owner);
      else start(exchange, admitted, owner);
    })
    .catch((error: unknown) => exchange.answerFault(error));
}

function start(exchange: Exchange, admitted: Admitted, owner: string | undefined): void {
  const { operation, received, destination, client, headers, receivedMs } = admitted;
  const { pool } = destination;
  const request = openAIRequest(operation, received, headers, destination, client, owner);
  if (headers['x-plimsoll-explain'] !== undefined) {
    exchange.answerJson(200, pool.balancer.explain(request));
    return;
  }
  const isStream = request.isStream === true;
  const answer = isStream
    ? new StreamedAnswer(exchange, operation.errorEvent)
    : new BufferedAnswer(exchange);
  const sink = operation.isStateful
    ? new AnswerIds(answer, isStream, rememberIn(exchange, pool.name, client))
    : answer;
  send(exchange, pool, request, sink, receivedMs);
}

/** Takes down which target of the pool keeps what goes by the ids of an answer. */
function rememberIn(
  { state: { owners } }: Exchange,
  pool: string,
  client: Client | undefined,
): (ids: readonly string[], target: Target) => void {
  const tenant = tenantOf(client);
  return (ids, { id: target }) => {
    for (const id of ids) owners.remember(tenant, id, { pool, target });
  };
}
