import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { PeriodUse } from '@plimsoll/core';
import { seededRandom } from '@plimsoll/testkit';
import { afterAll, expect, test } from 'vitest';

import { sqliteStore } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('counts on after a kill -9, at whatever moment, with all that was acknowledged', async () => {
  const random = seededRandom(9);
  const path = join(folder, 'killed.db');
  let [acknowledged, killed] = [0, 0];
  for (let round = 0; round < 4; round++) {
    const child = adder(path, 1e9);
    const enough = 1 + random.below(400);
    let heard = 0;
    child.stdout!.on('data', (dots: Buffer) => {
      heard += dots.length;
      if (heard >= enough) child.kill('SIGKILL');
    });
    // `close` comes after all the child wrote was read, what it wrote before the signal reached it included.
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
    acknowledged += heard;
    killed++;
    const { a, b } = await totals(path);
    // The add under way when the process died may have been committed without a word, and then whole.
    expect(a).toBeGreaterThanOrEqual(acknowledged);
    expect(a).toBeLessThanOrEqual(acknowledged + killed);
    expect(b).toBe(2 * a);
  }
}, 60_000);

test('adds up what two processes add to one file at once', async () => {
  const path = join(folder, 'shared.db');
  const children = [adder(path, 400), adder(path, 400)];
  expect(await Promise.all(children.map((child) => once(child, 'close')))).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(await totals(path)).toEqual({ a: 800, b: 1600 });
}, 60_000);

function adder(path: string, count: number): ChildProcess {
  const program = join(import.meta.dirname, 'adder.ts');
  const args = ['--conditions=@plimsoll/source', program, path, String(count)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  return child;
}

async function totals(path: string): Promise<{ a: number; b: number }> {
  const store = sqliteStore({ path });
  const uses = await store.load(0);
  await store.close();
  const used = (key: string): number =>
    uses.find((use: PeriodUse) => use.key === key && use.period === '2099-01')!.used;
  return { a: used('a'), b: used('b') };
}
