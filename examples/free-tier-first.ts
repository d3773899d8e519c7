// The free tier while its day lasts, then the paid one; the count is kept in a file and so survives a restart.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { balancer, connectStore, fleet } from '@plimsoll/balancer';
import { sqliteStore } from '@plimsoll/store-sqlite';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { tiered } from '@plimsoll/strategy-tiered';

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));

/** What a process would do from its start to its end. */
async function oneRun(requests: number): Promise<string> {
  const shared = fleet();
  const pool = balancer({
    strategy: tiered({ within: roundRobin() }),
    fleet: shared,
    targets: [
      { id: 'free', tier: 0, price: { input: 0, output: 0 }, limits: { rpd: 5 } },
      { id: 'paid', tier: 1, price: { input: 0.25, output: 2 }, budget: { usdPerDay: 20 } },
    ],
  });
  const store = sqliteStore({ path: join(folder, 'quota.db') });
  const connection = await connectStore(shared, store);
  const served: string[] = [];
  for (let request = 0; request < requests; request++) {
    served.push(await pool.run({}, (target) => Promise.resolve(target.id)));
  }
  await pool.close();
  await connection.close();
  await store.close();
  return served.join(' ');
}

console.log('first run: ', await oneRun(3)); // free free free
console.log('second run:', await oneRun(4)); // free free paid paid
await rm(folder, { recursive: true });
