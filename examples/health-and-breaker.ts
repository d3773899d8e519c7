// A target fails: its breaker opens after three failures in a row, single requests try it out after a while, and it comes
// back little by little. Active probes need a provider that can be asked: see config/health.yaml.
import { setTimeout } from 'node:timers/promises';

import { balancer, bayesianFailures, breaker, consecutiveFailures } from '@plimsoll/balancer';
import { roundRobin } from '@plimsoll/strategy-round-robin';

const pool = balancer({
  strategy: roundRobin(),
  targets: [{ id: 'sound' }, { id: 'sick' }],
  health: breaker({
    trip: [consecutiveFailures({ failures: 3, byKind: { timeout: 2 } }), bayesianFailures()],
    resetMs: 60,
    successes: 1,
  }),
  slowStart: { windowMs: 100, minRatio: 0.2 },
});
pool.on('target', ({ target, change }) => {
  if (change === 'open' || change === 'half_open' || change === 'closed') {
    console.log(`${target.id} is ${change}`);
  }
});

let isSick = true;
let attemptsOnSick = 0;
const ask = (): Promise<string> =>
  pool.run({}, async ({ id }) => {
    if (id === 'sick') attemptsOnSick++;
    if (id === 'sick' && isSick) throw Object.assign(new Error('unavailable'), { status: 500 });
    return id;
  });

for (let count = 0; count < 20; count++) await ask(); // callers notice nothing
console.log(`attempts on the sick one: ${attemptsOnSick}`);
isSick = false;
await setTimeout(80);
for (let count = 0; count < 20; count++) await ask();
console.table(pool.stats().targets.map(({ id, state, served }) => ({ id, state, served })));
await pool.close();
