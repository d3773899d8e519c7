// The gateway as `plimsoll serve` assembles it, over 100 targets with weights, limits and prices.
import type { ServerResponse } from 'node:http';

import { loadConfig } from '@plimsoll/config';

import { assemble } from '../src/assemble.ts';
import { compose } from '../src/compose.ts';
import { Channel } from '../src/dashboard/channel.ts';
import { Monitors } from '../src/dashboard/monitors.ts';
import { createLog } from '../src/log.ts';
import { serveParent } from './child.ts';

const TARGETS = 100;

const baseUrl = `http://127.0.0.1:${process.argv[2]}/v1`;
const targets = Array.from({ length: TARGETS }, (_, index) => ({
  id: `target-${index}`,
  provider: 'openai',
  model: 'bench',
  baseUrl,
  apiKey: `sk-${index}`,
  weight: 1 + (index % 3),
  region: 'eu-west-1',
  tags: ['fast'],
  price: { input: 0.25, output: 2 },
  limits: { concurrency: 1000, rpm: 100_000, tpm: 100_000_000 },
}));
const pools = { bench: { strategy: 'weighted-round-robin', targets } };
const settings = loadConfig(JSON.stringify({ pools }), { env: {}, file: 'bench' });
const composition = await compose(settings.config!, '.');
const { gateway } = assemble({
  composition,
  read: async () => ({ ...settings, origin: '', source: undefined, folder: '.' }),
  host: '127.0.0.1',
  log: createLog('warn'),
  token: 'bench',
});
const { port } = await gateway.listen(0, '127.0.0.1');

/** Reads at once whatever it is sent. */
const reader = { writableLength: 0, write: () => true, end() {} } as unknown as ServerResponse;

function looks(count: number): number {
  const monitors = new Monitors(composition.pools, () => {});
  const channel = new Channel(monitors, 'bench', '5m');
  channel.join(reader);
  const before = process.cpuUsage();
  for (let look = 0; look < count; look++) {
    monitors.look();
    channel.send();
  }
  const { user, system } = process.cpuUsage(before);
  monitors.close();
  return (user + system) / count;
}

serveParent(port, { looks });
