import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { manualClock } from '@plimsoll/testkit';
import { afterAll, describe, expect, test } from 'vitest';

import { sqliteStore, type SqliteStoreOptions } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HOUR_MS = 3_600_000;

describe('a file that cannot be used is named, with the reason', () => {
  test.each<[string, string, (path: string) => void]>([
    [
      'a text',
      'the file is not an SQLite database',
      (path) => writeFileSync(path, 'notes '.repeat(999)),
    ],
    [
      'a folder',
      'it cannot be opened: its folder must exist, and both must be readable and writable',
      mkdirSync,
    ],
    [
      'another program',
      'the file belongs to another program',
      (path) => withDatabase(path, (db) => db.exec('CREATE TABLE notes (text TEXT)')),
    ],
    [
      'a later version',
      'a later version of Plimsoll wrote the file (schema 1000, known 1)',
      (path) => {
        void sqliteStore({ path }).close();
        withDatabase(path, (db) => db.exec('PRAGMA user_version = 1000'));
      },
    ],
  ])('%s', (name, reason, make) => {
    const path = join(folder, `${name}.db`);
    make(path);
    expect(() => sqliteStore({ path })).toThrow(
      expect.objectContaining({
        code: 'ERR_PLIMSOLL_STORE',
        message: `sqliteStore: ${path}: ${reason}`,
        cause: expect.any(Error),
      }),
    );
  });

  test('in a folder that does not exist', () => {
    const path = join(folder, 'none', 'plimsoll.db');
    expect(() => sqliteStore({ path })).toThrow(`sqliteStore: ${path}: it cannot be opened`);
  });
});

test('refuses a path that is none', () => {
  for (const [path, told] of [
    ['', '""'],
    [undefined, 'undefined'],
  ]) {
    expect(() => sqliteStore({ path } as SqliteStoreOptions)).toThrow(
      `sqliteStore: \`path\` must be the path of a file, got ${told}`,
    );
  }
});

test('opens a file of its own again, as it was', async () => {
  const path = join(folder, 'again.db');
  const first = sqliteStore({ path });
  await first.add([{ key: 'a', period: '2099-01', used: 1 }]);
  await first.close();
  const second = sqliteStore({ path });
  expect(await second.load(0)).toEqual([{ key: 'a', period: '2099-01', used: 1 }]);
  await second.close();
});

test('writes ahead to a log', async () => {
  const path = join(folder, 'log.db');
  const store = sqliteStore({ path });
  expect(
    readdirSync(folder)
      .filter((file) => file.startsWith('log.db'))
      .sort(),
  ).toEqual(['log.db', 'log.db-shm', 'log.db-wal']);
  withDatabase(path, (db) => {
    expect(db.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
  });
  await store.close();
  expect(readdirSync(folder).filter((file) => file.startsWith('log.db'))).toEqual(['log.db']);
});

test('rejects, and names the file, when it cannot be written any more', async () => {
  const path = join(folder, 'locked.db');
  const store = sqliteStore({ path });
  const use = { key: 'a', period: '2099-01', used: 1 };
  await withDatabase(path, async (db) => {
    db.exec('BEGIN IMMEDIATE');
    await expect(store.add([use])).rejects.toMatchObject({
      code: 'ERR_PLIMSOLL_STORE',
      message: `sqliteStore: ${path}: another process keeps it locked`,
    });
    // Reading waits for nobody.
    expect(await store.load(0)).toEqual([]);
    db.exec('ROLLBACK');
    expect(await store.add([use])).toEqual([use]);
  });
  await store.close();
});

describe('what its time is over is removed', () => {
  test('periods two days after they were over in every time zone', async () => {
    const path = join(folder, 'periods.db');
    const clock = manualClock({ epochMs: Date.UTC(2026, 2, 31, 20) });
    const store = sqliteStore({ path, clock });
    const uses = ['2026-03-29', '2026-03-30', '2026-03'].map((period) => ({
      key: 'a',
      period,
      used: 1,
    }));
    await store.add(uses);
    const kept = async (): Promise<string[]> => {
      await store.add([]);
      return (await store.load(0)).map(({ period }) => period).sort();
    };
    // Over on March 30 at 12:00 UTC, kept to April 1 at 12:00.
    clock.advance(16 * HOUR_MS - 1);
    expect(await kept()).toEqual(['2026-03', '2026-03-29', '2026-03-30']);
    clock.advance(1);
    expect(await kept()).toEqual(['2026-03', '2026-03-30']);
    clock.advance(48 * HOUR_MS);
    expect(await kept()).toEqual([]);
    await store.close();
  });

  test('values with the next put, a hundred at a time', async () => {
    const path = join(folder, 'values.db');
    const clock = manualClock();
    const store = sqliteStore({ path, clock });
    for (let key = 0; key < 150; key++) await store.put(`key-${key}`, 'value', 1000);
    clock.advance(1000);
    const left = (): unknown =>
      withDatabase(path, (db) => db.prepare('SELECT count(*) AS n FROM kept_value').get()!.n);
    await store.put('last', 'value', 1000);
    expect(left()).toBe(51);
    await store.put('last', 'value', 1000);
    expect(left()).toBe(1);
    await store.close();
  });
});

test('a file that cannot be written is named', () => {
  const path = join(folder, 'read-only.db');
  void sqliteStore({ path }).close();
  chmodSync(folder, 0o755);
  chmodSync(path, 0o444);
  // The super-user may write whatever it is; so the attempt is made as somebody else.
  const program = `
    import { sqliteStore } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    if (process.getuid() === 0) process.setuid(65534);
    sqliteStore({ path: ${JSON.stringify(path)} });
  `;
  const args = ['--conditions=@plimsoll/source', '--input-type=module', '--eval', program];
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toContain(`sqliteStore: ${path}: the file or its folder cannot be written`);
});

function withDatabase<Result>(path: string, work: (db: DatabaseSync) => Result): Result {
  const db = new DatabaseSync(path);
  const result = work(db);
  if (result instanceof Promise) return result.finally(() => db.close()) as Result;
  db.close();
  return result;
}
