import type { Complaint } from './complaints.ts';
import type { FileConfig } from './schema.ts';
import { oneOf, suggestion } from './suggest.ts';

/** What is wrong with clients that no single value shows. */
export function clientRelations({ clients = [], pools }: FileConfig): Complaint[] {
  const errors: Complaint[] = [];
  const ids = new Set<string>();
  const keys = new Map<string, string>();
  const names = Object.keys(pools);
  for (const [index, client] of clients.entries()) {
    const path = ['clients', index];
    if (ids.has(client.id)) {
      errors.push({
        path: [...path, 'id'],
        message: `"${client.id}" is another client's id already`,
      });
    }
    ids.add(client.id);
    const key = client.keySha256.toLowerCase();
    const owner = keys.get(key);
    if (owner !== undefined) {
      errors.push({ path: [...path, 'keySha256'], message: `is the key of "${owner}" already` });
    }
    keys.set(key, client.id);
    for (const [at, name] of (client.pools ?? []).entries()) {
      if (names.includes(name)) continue;
      const message = `names no pool: "${name}"${suggestion(name, names)}; the pools are ${oneOf(names)}`;
      errors.push({ path: [...path, 'pools', at], message });
    }
  }
  return errors;
}
