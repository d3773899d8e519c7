// node adder.ts PATH COUNT: adds 1 under `a` and 2 under `b`, COUNT times, and writes one byte for each add that was
// acknowledged. What is refused is added again.
import { writeSync } from 'node:fs';

import { sqliteStore } from '../src/index.ts';

const [path = '', count = ''] = process.argv.slice(2);
const store = sqliteStore({ path });
for (let added = 0; added < Number(count);) {
  try {
    await store.add([
      { key: 'a', period: '2099-01', used: 1 },
      { key: 'b', period: '2099-01', used: 2 },
    ]);
    writeSync(1, '.');
    added++;
  } catch {
    // Another process had the file for longer than this one waits.
  }
}
await store.close();
