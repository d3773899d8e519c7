// Free, then cheap, then premium; each tier with a strategy of its own, passed over while it is out of quota or failing.
import { balancer } from '@plimsoll/balancer';
import { latency } from '@plimsoll/strategy-latency';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { tiered } from '@plimsoll/strategy-tiered';

const pool = balancer({
  strategy: tiered({ within: roundRobin(), tiers: { 2: latency() } }),
  targets: [
    { id: 'free-1', tier: 0, limits: { rpd: 2 } },
    { id: 'free-2', tier: 0, limits: { rpd: 2 } },
    { id: 'cheap', tier: 1 },
    { id: 'premium', tier: 2 },
  ],
});

const ask = (): Promise<string> =>
  pool.run({}, async ({ id }) => {
    if (id === 'cheap' && cheapIsDown)
      throw Object.assign(new Error('bad gateway'), { status: 502 });
    return id;
  });

let cheapIsDown = false;
for (let count = 1; count <= 6; count++) console.log(await ask()); // the free ones twice each, then cheap
cheapIsDown = true;
console.log(await ask()); // premium
console.log(pool.explain({}).path); // the way through the tiers
await pool.close();
