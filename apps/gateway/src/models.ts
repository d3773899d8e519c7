import type { Exchange } from './exchange.ts';
import type { PoolDirectory, ServedPool } from './pool-directory.ts';

interface Model {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

/** Lists the names that are known to work as `model`, in the form of OpenAI's `GET /v1/models`. */
export function serveModels(exchange: Exchange): void {
  const { directory } = exchange.state;
  const byId = new Map<string, Model>();
  for (const pool of directory.pools) {
    for (const model of modelsOf(pool, directory)) byId.set(model.id, model);
  }
  exchange.answerJson(200, { object: 'list', data: [...byId.values()] });
}

/**
 * The pool's name and that of each of its targets alone. A pool that is found by patterns is listed by the models its
 * targets state, since a pattern cannot be asked for, and a target that hands on any name tells none.
 */
function modelsOf(pool: ServedPool, directory: PoolDirectory): Model[] {
  const named = pool.targets.filter(({ model }) => model !== '*');
  if (named.length === 0) return [];
  if (!pool.name.includes('*')) {
    return [
      entry(pool.name, 'plimsoll'),
      ...named.map(({ id, provider }) => entry(`${pool.name}@${id}`, provider)),
    ];
  }
  return named
    .filter(({ model }) => directory.find(model)?.pool === pool)
    .map(({ model, provider }) => entry(model, provider));
}

function entry(id: string, owner: string): Model {
  return { id, object: 'model', created: 0, owned_by: owner };
}
