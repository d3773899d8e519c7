// Targets come, go and change weight while requests are under way; none is dropped.
import { setTimeout } from 'node:timers/promises';

import { balancer } from '@plimsoll/balancer';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';

const pool = balancer({
  strategy: weightedRoundRobin(),
  targets: [
    { id: 'old', weight: 1 },
    { id: 'new', weight: 1 },
  ],
});
pool.on('target', ({ target, change, reason }) => console.log(`${target.id}: ${change} ${reason}`));

let sent = 0;
let failed = 0;
const stop = new AbortController();
const worker = async (): Promise<void> => {
  while (!stop.signal.aborted) {
    sent++;
    await pool.run({}, () => setTimeout(5)).catch(() => failed++);
  }
};
const workers = Array.from({ length: 20 }, worker);

await setTimeout(30);
pool.add({ id: 'third', weight: 2 });
await setTimeout(30);
pool.setWeight('new', 3);
await setTimeout(30);
await pool.remove('old'); // no new requests; resolves when its last one has ended
stop.abort();
await Promise.all(workers);
console.log(`${sent} requests, ${failed} failed`);
console.log(
  pool
    .stats()
    .targets.map(({ id, weight }) => `${id} ${weight}`)
    .join(', '),
);
await pool.close();
