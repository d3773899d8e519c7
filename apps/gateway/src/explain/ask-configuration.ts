import { poolView } from '../admin/pool-view.ts';
import { compose } from '../compose.ts';
import { PoolDirectory } from '../pool-directory.ts';
import { chat } from '../openai/operation.ts';
import { openAIRequest } from '../openai/traits.ts';
import type { Settings } from '../settings.ts';
import type { Explained, PoolFacts } from './facts.ts';
import type { Question } from './question.ts';

/**
 * What a gateway that was just started with this configuration would decide.
 *
 * @returns a string, in words, when no pool answers to the question's model.
 */
export async function askConfiguration(
  { config, folder }: Settings,
  { model, body, headers }: Question,
): Promise<Explained | string> {
  const composition = await compose(config!, folder);
  try {
    const directory = new PoolDirectory(composition.pools);
    const destination = directory.find(model);
    if (destination === undefined) {
      return `no pool answers to ${model}; there are ${directory.describe()}`;
    }
    const json = { ...body, model };
    const received = { json, body: Buffer.from(JSON.stringify(json)), isPlain: true };
    const request = openAIRequest(chat, received, headers, destination);
    const { pool } = destination;
    return { explanation: pool.balancer.explain(request), pool: poolView(pool) as PoolFacts };
  } finally {
    await composition.close();
  }
}
