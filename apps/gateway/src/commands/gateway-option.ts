import { AdminClient } from '../admin-client.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { readUrl } from './values.ts';

/** Where a gateway listens unless it was told otherwise. */
export const USUAL_URL = 'http://127.0.0.1:8787';

export const tokenOption = {
  type: 'string',
  value: 'TOKEN',
  help: 'the gateway’s admin token; better PLIMSOLL_ADMIN_TOKEN, which other users cannot see',
} as const;

/** The gateway at `url`, to be asked with the token of the command line or the environment. */
export function gatewayAt(
  url: string,
  token: string | undefined,
  { env }: Pick<Terminal, 'env'>,
): AdminClient {
  const { PLIMSOLL_ADMIN_TOKEN: usual } = env;
  return new AdminClient(readUrl('--url', url)!, token ?? (usual || undefined));
}
