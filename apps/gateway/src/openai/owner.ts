import type { Client } from '../client-directory.ts';
import { type ApiError, badRequest } from '../openai-error.ts';
import { type Destination, hasTarget } from '../pool-directory.ts';
import type { Kept } from './kept.ts';
import type { Owner, Owners, Tenant } from './owners.ts';

/** Whose ids a client may refer to. */
export function tenantOf(client: Client | undefined): Tenant {
  return client && (client.tenant ?? client.id);
}

/**
 * The target that keeps what a request refers to, as a pin: no other could serve it, so none is tried, whether or not
 * this one is well.
 *
 * What nobody knows goes to the only target there is, or to the one the caller names: if anyone keeps it, that one does,
 * and its answer is better than ours. Among several targets nothing is guessed. A wrong guess would be answered with
 * `not found` by an account that was never asked to keep it, now and then, for an id that is right. Where there are several
 * tenants nothing is guessed either: what is not known may be another's, and whoever has its id could read it.
 *
 * @param isOneTenant - whether there is only one, or none.
 * @returns the target's id; undefined where the request may go where it likes; or why it may not be served.
 */
export async function ownerOf(
  owners: Owners,
  kept: readonly Kept[],
  { pool, pin }: Destination,
  tenant: Tenant,
  isOneTenant: boolean,
): Promise<string | ApiError | undefined> {
  let owner: Owner | undefined;
  let at = 0;
  try {
    while (at < kept.length && owner === undefined) {
      owner = await owners.find(tenant, kept[at++]!.id);
    }
  } catch {
    return cannotTell(kept[at - 1]!.id);
  }
  if (owner === undefined) {
    const isSure = pin !== undefined || pool.balancer.stats().targets.length === 1;
    if (isSure && isOneTenant) return undefined;
    return notFound(
      kept[0]!,
      'is not known here. It may have been kept for too long, or for another client',
    );
  }
  const { target } = owner;
  const asked = kept[at - 1]!;
  if (pin !== undefined && pin !== target) {
    return notFound(asked, `is kept by ${target}, and ${pin} was asked for`);
  }
  if (!hasTarget(pool, target)) {
    return notFound(asked, `is kept by ${target}, which is not a target of ${pool.name}`);
  }
  return target;
}

/** The answer where the store has to be asked, and is away. */
export function cannotTell(id: string): ApiError {
  const message = `Which target keeps ${id} cannot be looked up now.`;
  return { status: 503, type: 'server_error', code: 'state_unavailable', message };
}

function notFound({ id, param, code }: Kept, reason: string): ApiError {
  return badRequest(404, code, `${id} ${reason}.`, { param });
}
