import type { Explanation } from '@plimsoll/balancer';

import { type AdminClient, AdminClientError } from '../admin-client.ts';
import type { Explained, PoolFacts } from './facts.ts';
import type { Question } from './question.ts';

/**
 * What a running gateway would decide now.
 *
 * @throws AdminClientError when it cannot be asked, or has no such pool.
 */
export async function askGateway(
  client: AdminClient,
  { model, body, headers }: Question,
): Promise<Explained> {
  const asked = await client.ask('explain', { body: { ...body, model }, headers });
  const explanation = asked as Explanation;
  const { pools } = (await client.ask('pools')) as { pools: readonly PoolFacts[] };
  const pool = pools.find(({ name }) => name === explanation.pool);
  // Only where it was removed in between.
  if (pool === undefined) throw new AdminClientError(`the pool ${explanation.pool} is gone`);
  return { explanation, pool };
}

/** The pools that a gateway has. */
export async function poolsOf(client: AdminClient): Promise<string[]> {
  const { pools } = (await client.ask('pools')) as { pools: readonly PoolFacts[] };
  return pools.map(({ name }) => name);
}
