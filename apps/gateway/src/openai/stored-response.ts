import { missingRight, pastLimits, unknownKey } from '../access.ts';
import { BufferedAnswer } from '../buffered-answer.ts';
import { type Client, mayUse } from '../client-directory.ts';
import type { Exchange } from '../exchange.ts';
import { badRequest } from '../openai-error.ts';
import { hasTarget, type PoolDirectory, type ServedPool } from '../pool-directory.ts';
import type { GatewayState } from '../state.ts';
import { StreamedAnswer } from '../streamed-answer.ts';
import { typedErrorEvent } from './error-event.ts';
import type { Operation } from './operation.ts';
import { cannotTell, tenantOf } from './owner.ts';
import type { Owner } from './owners.ts';
import { send } from './send.ts';
import { openAIRequest } from './traits.ts';

/** What may be done with a response that a provider keeps: behind its path, by which methods, under which names. */
const actions: Readonly<Record<string, Partial<Record<string, string>>>> = {
  '': { GET: 'responses.retrieve', DELETE: 'responses.delete' },
  '/cancel': { POST: 'responses.cancel' },
  '/input_items': { GET: 'responses.input_items' },
};

const storedPath = /^\/v1\/responses\/([\w=+~-]+)(|\/cancel|\/input_items)$/;

/**
 * Serves what is asked of one kept response, at the target that keeps it.
 *
 * @returns false when `path` is none of a response.
 */
export function serveStoredResponse(exchange: Exchange, path: string, query: string): boolean {
  const [, id, action] = storedPath.exec(path) ?? [];
  if (id === undefined || action === undefined) return false;
  const { method = '' } = exchange.req;
  const names = actions[action]!;
  const name = names[method];
  if (name === undefined) {
    const allowed = Object.keys(names).join(', ');
    const message = `${path} takes ${allowed}, not ${method}.`;
    const headers = ['allow', allowed];
    exchange.answerError(badRequest(405, 'method_not_allowed', message, { headers }));
    return true;
  }
  const operation: Operation = {
    name,
    method: method as 'GET' | 'POST' | 'DELETE',
    path: `/responses/${id}${action}${query}`,
    size: () => ({ turns: 0, characters: 0, images: 0 }),
    takesForm: false,
    streams: new URLSearchParams(query).get('stream') === 'true' ? 'always' : 'if_asked',
    errorEvent: typedErrorEvent,
    isStateful: false,
  };
  serve(exchange, operation, id).catch((error: unknown) => exchange.answerFault(error));
  return true;
}

async function serve(exchange: Exchange, operation: Operation, id: string): Promise<void> {
  const receivedMs = performance.now();
  const { req, res, state } = exchange;
  const { headers } = req;
  const client = state.clients?.find(headers.authorization);
  if (state.clients !== undefined && client === undefined) {
    exchange.answerError(unknownKey(headers.authorization));
    return;
  }
  const wait = pastLimits(exchange, client);
  if (wait !== undefined) {
    exchange.answerError(wait);
    return;
  }
  // Nothing is wanted of a body.
  req.resume();
  let owner: Owner | undefined;
  try {
    owner = await state.owners.find(tenantOf(client), id);
  } catch {
    exchange.answerError(cannotTell(id));
    return;
  }
  if (res.closed) return;
  const place = owner === undefined ? onlyPlace(state, client) : placeOf(owner, state.directory);
  if (place === undefined || !mayUse(client, place.pool.name)) {
    const message = `Response with id '${id}' not found: no target here is known to keep it.`;
    exchange.answerError(badRequest(404, 'response_not_found', message));
    return;
  }
  const { pool, target } = place;
  exchange.pool = pool;
  const destination = { pool, pin: undefined, model: '' };
  const refused = missingRight(client, headers, destination);
  if (refused !== undefined) {
    exchange.answerError(refused);
    return;
  }
  const received = { json: {}, body: Buffer.alloc(0), isPlain: true };
  const request = openAIRequest(operation, received, headers, destination, client, target);
  if (headers['x-plimsoll-explain'] !== undefined) {
    exchange.answerJson(200, pool.balancer.explain(request));
    return;
  }
  const answer =
    request.isStream === true
      ? new StreamedAnswer(exchange, operation.errorEvent)
      : new BufferedAnswer(exchange);
  send(exchange, pool, request, answer, receivedMs);
}

interface Place {
  readonly pool: ServedPool;
  /** Its id. */
  readonly target: string;
}

function placeOf({ pool: name, target }: Owner, { pools }: PoolDirectory): Place | undefined {
  const pool = pools.find((one) => one.name === name);
  return pool !== undefined && hasTarget(pool, target) ? { pool, target } : undefined;
}

/**
 * The only target that the client may use, where that is one: if anyone keeps what nobody knows, that one does. Where there
 * are several tenants it may be another's.
 */
function onlyPlace(
  { directory: { pools }, clients }: GatewayState,
  client: Client | undefined,
): Place | undefined {
  if (clients?.isOneTenant === false) return undefined;
  const places = pools
    .filter(({ name }) => mayUse(client, name))
    .flatMap((pool) => pool.balancer.stats().targets.map(({ id }) => ({ pool, target: id })));
  const [place] = places;
  return places.every(({ target }) => target === place?.target) ? place : undefined;
}
