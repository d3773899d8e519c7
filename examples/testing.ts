// Tests of one's own: that a pool splits its requests as it should, and how it does when servers misbehave.
import { balancer } from '@plimsoll/balancer';
import {
  expectDistribution,
  outage,
  poisson,
  processorSharing,
  reportTable,
  simulate,
} from '@plimsoll/simulator';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';

const targets = [
  { id: 'a', weight: 3 },
  { id: 'b', weight: 2 },
];
const pool = balancer({ strategy: weightedRoundRobin(), targets });
await expectDistribution(pool, { requests: 1000, shares: { a: 0.6, b: 0.4 }, tolerance: 'exact' });
console.log('600 of 1,000 requests to a, 400 to b');

// Two minutes of traffic, one server down for 20 s of them, in a second of real time.
const service = processorSharing({ tokensPerS: 2000, streamTokensPerS: 80 });
const report = await simulate({
  durationS: 120,
  arrivals: poisson({ perS: 4 }),
  servers: { a: { service }, b: { service, faults: [outage({ fromS: 50, untilS: 70 })] } },
  balancer: ({ fleet, targets }) => balancer({ strategy: leastBusy(), fleet, targets }),
});
console.log(reportTable({ 'least-busy': report }));
