import { createHash } from 'node:crypto';

import type { ConfigFile } from '../../define-config.ts';
import type { Notes } from '../difference.ts';
import type { SourceFields } from '../source-fields.ts';
import { environmentOr } from './deployment-access.ts';

/** Who may ask, and the admin API's token: in LiteLLM one key is both. */
export function readMasterKey(
  general: SourceFields | undefined,
  notes: Notes,
): Pick<ConfigFile, 'clients' | 'server'> {
  const key = general?.text('master_key');
  if (general === undefined || key === undefined) return {};
  const path = general.at('master_key');
  if (key.startsWith('os.environ/')) {
    const token = environmentOr(key, path, notes);
    if (token === undefined) return {};
    const message =
      'is the token of the admin API; for requests the configuration holds hashes of keys: add a client with ' +
      'keySha256, which printf %s "$KEY" | sha256sum makes, before anything but this machine is served';
    notes.add(path, message, ['server', 'admin']);
    return { server: { admin: { token } } };
  }
  notes.add(
    path,
    'is the key of one client, by its hash; the admin API has a token of its own, made at start',
    ['clients'],
  );
  const keySha256 = createHash('sha256').update(key).digest('hex');
  return { clients: [{ id: 'master-key', keySha256, may: ['pin', 'explain', 'region'] }] };
}
