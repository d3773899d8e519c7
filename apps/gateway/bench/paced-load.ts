// Clients that come at a given rate.
import { type Dispatcher, Pool } from 'undici';

import { type Questions, serveParent } from './child.ts';

type Paced = Questions['paced'];

/** Requests are sent in ticks of this length, in milliseconds: a timer for each would cost more than they. */
const TICK_MS = 5;
const CONNECTIONS = 64;

async function paced({
  port,
  path,
  body,
  perSecond,
  seconds,
}: Paced['ask']): Promise<Paced['answer']> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS, pipelining: 1 });
  const options: Dispatcher.DispatchOptions = {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body,
  };
  let sent = 0;
  let answered = 0;
  let failed: Error | undefined;
  const startedMs = performance.now();
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(_controller, status) {
      if (status !== 200) failed = new Error(`answered ${status}`);
    },
    onResponseData() {},
    onResponseEnd() {
      answered++;
    },
    onResponseError(_controller, error) {
      failed = error;
    },
  };
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedMs;
      const due = Math.min(elapsedMs / 1000, seconds) * perSecond;
      for (; sent < due; sent++) pool.dispatch(options, handler);
      if (elapsedMs < seconds * 1000) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  await pool.close();
  if (failed !== undefined) throw failed;
  return { answered };
}

serveParent(0, { paced });
