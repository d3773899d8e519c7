import type { IncomingHttpHeaders } from 'node:http';

import type { ClientRight } from '@plimsoll/config';

import type { Client } from './client-directory.ts';
import type { Exchange } from './exchange.ts';
import { type ApiError, badRequest, retryAfter } from './openai-error.ts';
import type { Destination } from './pool-directory.ts';

/** The answer to a request whose key is missing or nobody's. The key is not repeated: it may be a secret of elsewhere. */
export function unknownKey(authorization: string | undefined): ApiError {
  const message =
    authorization === undefined
      ? 'No key was given: this gateway wants one, as the header `authorization: Bearer KEY`.'
      : 'The key is not one of this gateway’s.';
  return badRequest(401, 'invalid_api_key', message, { headers: ['www-authenticate', 'Bearer'] });
}

/**
 * Begins a request of `client` by its limits, until its answer is over.
 *
 * @returns the answer when it has to wait; undefined when it is admitted.
 */
export function pastLimits({ res }: Exchange, client: Client | undefined): ApiError | undefined {
  const limits = client?.limits;
  if (limits === undefined) return undefined;
  const exceeded = limits.begin(performance.now());
  if (exceeded === undefined) {
    // It comes once, so `once` would only cost more.
    res.on('close', () => limits.end());
    return undefined;
  }
  const { message, waitMs } = exceeded;
  return {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: `The limit of ${client!.id} is reached: ${message}.`,
    headers: waitMs === undefined ? undefined : retryAfter(waitMs),
  };
}

/** The answer to a request that asks for what its client may not decide; undefined when it may. */
export function missingRight(
  client: Client | undefined,
  headers: IncomingHttpHeaders,
  { pin }: Destination,
): ApiError | undefined {
  if (client === undefined) return undefined;
  if (pin !== undefined && !client.may.includes('pin')) return lacks(client, 'pin');
  if (headers['x-plimsoll-region'] !== undefined && !client.may.includes('region')) {
    return lacks(client, 'region');
  }
  if (headers['x-plimsoll-explain'] !== undefined && !client.may.includes('explain')) {
    return lacks(client, 'explain');
  }
  return undefined;
}

function lacks({ id }: Client, right: ClientRight): ApiError {
  return badRequest(403, 'not_allowed', `The key of ${id} lacks the right \`${right}\`.`);
}
