// The gateway as `plimsoll serve` composes it: three targets, weights, decisions, statistics, headers, events.
import { loadConfig } from '@plimsoll/config';

import { compose } from '../src/compose.ts';
import { Gateway } from '../src/gateway.ts';
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
  limits: { concurrency: 1000 },
});
const text = JSON.stringify({
  pools: {
    bench: {
      strategy: 'weighted-round-robin',
      targets: [target('a', 3), target('b', 2), target('c', 1)],
    },
  },
});
const { config } = loadConfig(text, { env: {}, file: 'bench' });
const { pools } = await compose(config!, '.');
const log = createLog('info');
for (const { balancer } of pools) logEvents(balancer, log);
const gateway = new Gateway({ pools, maxBodyBytes: config!.server.maxBodyBytes, log });
const { port } = await gateway.listen(0, '127.0.0.1');
serveParent(port);
