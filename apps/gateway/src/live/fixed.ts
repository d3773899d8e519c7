import { isDeepStrictEqual } from 'node:util';

import type { Config, Path } from '@plimsoll/config';

import type { Remark } from '../remark.ts';

const message = 'differs from what runs, and can change at a start only';

/**
 * What `after` would change that a running gateway cannot: where it listens, the admin API's token, where its counts are
 * kept, and limits and budgets that have counts already.
 */
export function fixedChanges(before: Config, after: Config): Remark[] {
  const places: [Path, unknown, unknown][] = [
    [['server', 'host'], before.server.host, after.server.host],
    [['server', 'port'], before.server.port, after.server.port],
    [['server', 'admin', 'token'], before.server.adminToken, after.server.adminToken],
    [['state'], before.state, after.state],
    [['quotaGroups'], before.quotaGroups, after.quotaGroups],
    [['budgets'], before.budget, after.budget],
    [['metrics'], before.metrics, after.metrics],
  ];
  const found: Remark[] = places
    .filter(([, was, is]) => !isDeepStrictEqual(was, is))
    .map(([path]) => ({ about: { path }, message }));
  for (const { name, budget } of after.pools) {
    const was = before.pools.find((pool) => pool.name === name)?.budget;
    if (differ(was, budget)) found.push({ about: { path: ['pools', name, 'budget'] }, message });
  }
  for (const { id, budget } of after.targets) {
    const was = before.targets.find((target) => target.id === id)?.budget;
    if (differ(was, budget)) {
      found.push({ about: { target: id }, message: `its budget ${message}` });
    }
  }
  for (const [index, { id, budget }] of (after.clients ?? []).entries()) {
    const was = before.clients?.find((client) => client.id === id)?.budget;
    if (differ(was, budget)) found.push({ about: { path: ['clients', index, 'budget'] }, message });
  }
  return found;
}

/** An account that is new or closed is no trouble; one that is open keeps the amounts it was opened with. */
function differ(was: object | undefined, is: object | undefined): boolean {
  return was !== undefined && is !== undefined && !isDeepStrictEqual(was, is);
}
