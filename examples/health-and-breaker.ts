// A target fails: its breaker opens after three failures in a row, a single request tries it out after a minute, and it
// comes back little by little. Active probes need a provider that can be asked: see config/health.yaml.
import {
  balancer,
  bayesianFailures,
  breaker,
  consecutiveFailures,
  fleet,
} from '@plimsoll/balancer';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { manualClock } from '@plimsoll/testkit';

const clock = manualClock(); // so that nobody has to wait
const pool = balancer({
  strategy: roundRobin(),
  fleet: fleet({ clock }),
  targets: [{ id: 'sound' }, { id: 'sick' }],
  health: breaker({
    trip: [consecutiveFailures({ failures: 3, byKind: { timeout: 2 } }), bayesianFailures()],
    resetMs: 60_000,
    successes: 1,
  }),
  slowStart: { windowMs: 30_000, minRatio: 0.1 },
});
pool.on('target', ({ target, change }) => console.log(`${target.id}: ${change}`));

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
clock.advance(60_000);
for (let count = 0; count < 20; count++) await ask();
console.table(pool.stats().targets.map(({ id, state, served }) => ({ id, state, served })));
await pool.close();
