// The gateway with the metrics that the second argument configures, as JSON.
import { loadConfig } from '@plimsoll/config';

import { compose, exporterOf } from '../src/compose.ts';
import { Gateway } from '../src/gateway.ts';
import { createLog } from '../src/log.ts';
import { serveParent } from './child.ts';

const [, , upstreamPort, metrics] = process.argv;
const baseUrl = `http://127.0.0.1:${upstreamPort}/v1`;
const targets = ['a', 'b', 'c'].map((id) => ({
  id,
  provider: 'openai',
  model: 'bench',
  baseUrl,
  apiKey: `sk-${id}`,
}));
const text = JSON.stringify({ pools: { bench: { targets } }, metrics: JSON.parse(metrics!) });
const { config } = loadConfig(text, { env: {}, file: 'bench' });
const { pools } = await compose(config!, '.');
const exporter = await exporterOf(config!, (error) => console.error(error));
const log = createLog('info');
const { maxBodyBytes } = config!.server;
const gateway = new Gateway({ pools, maxBodyBytes, log, exporter });
const { port } = await gateway.listen(0, '127.0.0.1');
serveParent(port);
