// The gateway as `plimsoll serve` assembles it, with all that may be on: client keys with budgets, limits, prices, metrics,
// decisions, statistics, the dashboard's monitor.
import { createHash } from 'node:crypto';

import { loadConfig } from '@plimsoll/config';

import { assemble } from '../src/assemble.ts';
import { compose, exporterOf } from '../src/compose.ts';
import { createLog } from '../src/log.ts';
import { logEvents } from '../src/log-events.ts';
import { serveParent } from './child.ts';

const baseUrl = `http://127.0.0.1:${process.argv[2]}/v1`;
const target = (id: string, weight: number): object => ({
  id,
  provider: 'openai',
  model: 'bench',
  baseUrl,
  apiKey: `sk-${id}`,
  weight,
  region: 'eu',
  price: { input: 0.25, output: 2 },
  limits: { concurrency: 1000, rpm: 10_000_000, tpm: 10_000_000_000 },
});
const keySha256 = createHash('sha256').update('bench-key').digest('hex');
const text = JSON.stringify({
  pools: {
    bench: {
      strategy: 'weighted-round-robin',
      targets: [target('a', 3), target('b', 2), target('c', 1)],
    },
  },
  clients: [{ id: 'bench', keySha256, limits: { rpm: 100_000 }, budget: { usdPerDay: 1_000_000 } }],
});
const settings = loadConfig(text, { env: {}, file: 'bench' });
for (const { message } of settings.errors) console.error(message);
const composition = await compose(settings.config!, '.');
const log = createLog('info');
const exporter = await exporterOf(settings.config!, (error) => console.error(error));
const { gateway } = assemble({
  composition,
  read: async () => ({ ...settings, origin: '', source: undefined, folder: '.' }),
  host: '127.0.0.1',
  log,
  exporter,
  token: 'bench',
});
for (const { balancer } of composition.pools) logEvents(balancer, log);
const { port } = await gateway.listen(0, '127.0.0.1');
serveParent(port);
