import { isPlimsollError } from '@plimsoll/core';

import { unknownKey } from '../access.ts';
import { mayUse } from '../client-directory.ts';
import type { Exchange } from '../exchange.ts';
import { badRequest } from '../openai-error.ts';
import type { PoolDirectory, ServedPool } from '../pool-directory.ts';

interface Model {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

/** Lists the names that are known to work as `model`, in the form of OpenAI's `GET /v1/models`. */
export async function serveModels(exchange: Exchange): Promise<void> {
  const models = await modelsFor(exchange);
  if (models !== undefined) exchange.answerJson(200, { object: 'list', data: models });
}

/**
 * Describes one of them, as OpenAI's `GET /v1/models/{model}`.
 *
 * @returns false when `path` names no model.
 */
export function serveModel(exchange: Exchange, path: string): boolean {
  const id = idIn(path);
  if (id === undefined || exchange.req.method !== 'GET') return false;
  void modelsFor(exchange)
    .then((models) => {
      if (models === undefined) return;
      const model = models.find((one) => one.id === id);
      if (model !== undefined) {
        exchange.answerJson(200, model);
        return;
      }
      const message = `The model \`${id}\` is not listed here.`;
      exchange.answerError(badRequest(404, 'model_not_found', message, { param: 'model' }));
    })
    .catch((error: unknown) => exchange.answerFault(error));
  return true;
}

/** Names of models may hold slashes, with which clients do as they like. */
function idIn(path: string): string | undefined {
  try {
    return /^\/v1\/models\/(.+)$/.exec(decodeURIComponent(path))?.[1];
  } catch {
    return undefined;
  }
}

/** The models that the client may use; undefined when it was told why it gets none. */
async function modelsFor(exchange: Exchange): Promise<Model[] | undefined> {
  const { directory, clients, log } = exchange.state;
  const { authorization } = exchange.req.headers;
  const client = clients?.find(authorization);
  if (clients !== undefined && client === undefined) {
    exchange.answerError(unknownKey(authorization));
    return undefined;
  }
  const pools = directory.pools.filter(({ name }) => mayUse(client, name));
  const lists = await Promise.all(
    pools.map(async (pool) => {
      const stated = statedModels(pool, directory);
      if (pool.targets.every(({ model }) => model !== '*')) return stated;
      try {
        return [...stated, ...(await providersModels(pool, directory))];
      } catch (error) {
        // A list without this pool's models is better than none.
        const code = isPlimsollError(error) ? error.code : 'not a list of models';
        log.warn({ pool: pool.name, code }, 'its models could not be listed');
        return stated;
      }
    }),
  );
  return [...new Map(lists.flat().map((model) => [model.id, model])).values()];
}

/**
 * The pool's name and that of each of its targets alone. A pool that is found by patterns is listed by the models its
 * targets state, since a pattern cannot be asked for, and a target that hands on any name states none.
 */
function statedModels(pool: ServedPool, directory: PoolDirectory): Model[] {
  const named = pool.targets.filter(({ model }) => model !== '*');
  if (named.length === 0) return [];
  if (pool.name.includes('*')) {
    return named
      .filter(({ model }) => directory.find(model)?.pool === pool)
      .map(({ model, provider }) => modelOf(model, provider));
  }
  return [
    modelOf(pool.name, 'plimsoll'),
    ...named.map(({ id, provider }) => modelOf(`${pool.name}@${id}`, provider)),
  ];
}

/** Where any name is handed on, the provider knows which there are; only those that lead to this pool are listed. */
async function providersModels(pool: ServedPool, directory: PoolDirectory): Promise<Model[]> {
  const payload = { dialect: 'openai', method: 'GET', path: '/models', json: {} } as const;
  const answer = await pool.balancer.stream({ operation: 'models', payload });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: readonly Model[] };
  return data
    .filter(({ id }) => directory.find(id)?.pool === pool)
    .map(({ id, created, owned_by }) => ({ id, object: 'model', created, owned_by }));
}

function modelOf(id: string, owner: string): Model {
  return { id, object: 'model', created: 0, owned_by: owner };
}
