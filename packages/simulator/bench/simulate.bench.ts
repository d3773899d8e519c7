// Simulated events, requests and hours per second of processor time, eight servers at 90 % load. Processor time, since a
// run takes seconds and a shared machine gives it a part of them only.
import { balancer } from '@plimsoll/balancer';
import { leastBusy } from '@plimsoll/strategy-least-busy';

import { chatLengths, poisson, processorSharing, queue, simulate } from '../src/index.ts';

const { input, output } = chatLengths();
const perS = (0.9 * 8 * 2560) / (0.02 * input.mean + 1 + output.mean);

const models = {
  'processor sharing': processorSharing({ tokensPerS: 2560, streamTokensPerS: 80 }),
  queue: queue({ places: 32, tokensPerS: 80 }),
};

const rows: Record<string, Record<string, number>> = {};
for (const [name, service] of Object.entries(models)) {
  for (const gateways of [1, 8]) {
    const run = (durationS: number): ReturnType<typeof simulate> =>
      simulate({
        durationS,
        arrivals: poisson({ perS }),
        servers: Object.fromEntries(
          Array.from({ length: 8 }, (_, index) => [`server-${index}`, { service }]),
        ),
        gateways,
        balancer: ({ fleet, targets }) => balancer({ strategy: leastBusy(), fleet, targets }),
      });
    await run(100);
    const before = process.cpuUsage();
    const report = await run(3600);
    const { user, system } = process.cpuUsage(before);
    const tookS = (user + system) / 1e6;
    rows[`${name}, ${gateways} gateway${gateways === 1 ? '' : 's'}`] = {
      'events/s': Math.round(report.events / tookS),
      'requests/s': Math.round((report.requests * (10 / 9)) / tookS),
      's per simulated hour': Math.round(tookS * 100) / 100,
    };
  }
}
console.table(rows);
