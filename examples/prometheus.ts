// Metrics: a program with a balancer of its own, and what Prometheus gets when it asks.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { balancer } from '@plimsoll/balancer';
import { prometheusMetrics } from '@plimsoll/metrics-prometheus';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';

const pool = balancer({
  name: 'chat',
  strategy: weightedRoundRobin(),
  targets: [
    { id: 'a', weight: 3 },
    { id: 'b', weight: 1 },
  ],
});
const metrics = prometheusMetrics({ build: { version: '1.2.3' } });
metrics.observe(pool);

const server = createServer((_req, res) => {
  res.setHeader('content-type', metrics.contentType).end(metrics.render());
}).listen(0, '127.0.0.1');
await once(server, 'listening');

for (let request = 0; request < 40; request++) {
  await pool.run({ operation: 'chat' }, async ({ id }) => `an answer of ${id}`);
}

// This is what Prometheus does every few seconds.
const { port } = server.address() as AddressInfo;
const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
console.log(
  page.match(/^plimsoll_(?:requests_total|selection_share|fairness_index).*$/gm)?.join('\n'),
);

server.close();
await pool.close();
