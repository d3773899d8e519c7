import { DatabaseSync } from 'node:sqlite';

import { PlimsollError } from '@plimsoll/core';

import { migrate } from './schema.ts';

/**
 * Waiting for another process's transaction stops the event loop, so it is short. A transaction of this store takes
 * less than a millisecond; the rest is for a checkpoint that writes to a slow disk.
 */
const BUSY_TIMEOUT_MS = 250;

/** Opening may wait longer: it is done once, before anything is served, and others may write without a pause. */
const OPENING_TIMEOUT_MS = 10_000;

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html), in a person's words. */
const REASONS: Record<number, string> = {
  5: 'another process keeps it locked',
  8: 'the file or its folder cannot be written',
  11: 'the file is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened: its folder must exist, and both must be readable and writable',
  26: 'the file is not an SQLite database',
};

/** Opens `path`, a new file or one of this store. @throws PlimsollError ERR_PLIMSOLL_STORE, which names the path. */
export function open(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: OPENING_TIMEOUT_MS });
    // Written ahead to a log: readers and a writer do not wait for each other. With `normal` the log is not forced to
    // the disk at every commit: a killed process loses nothing, a machine that loses power its last commits.
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = NORMAL');
    migrate(db);
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return db;
  } catch (error) {
    db?.close();
    throw storeError(path, error);
  }
}

/** What SQLite says about `path`, as an error that names it. */
export function storeError(path: string, cause: unknown): PlimsollError {
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new PlimsollError('ERR_PLIMSOLL_STORE', `sqliteStore: ${path}: ${reason}`, { cause });
}
