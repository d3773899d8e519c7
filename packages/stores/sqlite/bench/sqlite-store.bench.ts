import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sqliteStore } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
const store = sqliteStore({ path: join(folder, 'bench.db') });

/** Microseconds of `calls` calls, sorted. The event loop stands during each. */
async function timesUs(
  calls: number,
  call: (index: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < calls; index++) {
    const start = process.hrtime.bigint();
    await call(index);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  return times.sort((a, b) => a - b);
}

const rows: Record<string, string>[] = [];

function report(what: string, times: readonly number[], perCall: number): void {
  const total = times.reduce((sum, us) => sum + us, 0);
  const us = (at: number): string => times[Math.floor(at * (times.length - 1))]!.toFixed(0);
  rows.push({
    call: what,
    'median us': us(0.5),
    'p99 us': us(0.99),
    'longest us': us(1),
    'per second': Math.round((perCall * times.length * 1e6) / total).toLocaleString('en'),
  });
}

for (const [uses, calls] of [
  [1, 10_000],
  [10, 5_000],
  [100, 1_000],
  [1_000, 200],
] as const) {
  const batch = Array.from({ length: uses }, (_, index) => ({
    key: `group-${index}/tokens`,
    period: '2099-12-31',
    used: 1,
  }));
  report(`add of ${uses}`, await timesUs(calls, () => store.add(batch)), uses);
}
report('load of 1000', await timesUs(200, () => store.load(0)), 1000);
report('put', await timesUs(10_000, (at) => store.put(`key-${at % 1000}`, 'value', 60_000)), 1);
report('get', await timesUs(10_000, (at) => store.get(`key-${at % 1000}`)), 1);
console.table(rows);

await store.close();
rmSync(folder, { recursive: true });
