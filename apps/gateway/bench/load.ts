// The clients: a fixed number of them, each sending its next request when it has its last answer.
import { type Dispatcher, Pool } from 'undici';

import { type Questions, serveParent } from './child.ts';

type Load = Questions['load'];

async function load({
  port,
  path,
  body,
  requests,
  concurrency,
}: Load['ask']): Promise<Load['answer']> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: concurrency, pipelining: 1 });
  const options: Dispatcher.DispatchOptions = {
    method: 'POST',
    path,
    // The key of whom `full-gateway.ts` serves; the others do not look at it.
    headers: { 'content-type': 'application/json', authorization: 'Bearer bench-key' },
    body,
  };
  const startedMs = performance.now();
  let bytes = 0;
  let left = requests;
  await new Promise<void>((resolve, reject) => {
    let open = 0;
    const send = (): void => {
      left--;
      open++;
      pool.dispatch(options, {
        onRequestStart() {},
        onResponseStart(_controller, status) {
          if (status !== 200) reject(new Error(`answered ${status}`));
        },
        onResponseData(_controller, chunk) {
          bytes += chunk.length;
        },
        onResponseEnd() {
          open--;
          if (left > 0) send();
          else if (open === 0) resolve();
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      });
    };
    for (let client = 0; client < concurrency; client++) send();
  });
  await pool.close();
  return { milliseconds: performance.now() - startedMs, bytes };
}

serveParent(0, { load });
