import type { DatabaseSync, StatementSync } from 'node:sqlite';

import {
  type Clock,
  optionError,
  periodOverAtEpochMs,
  type PeriodUse,
  PlimsollError,
  type Store,
} from '@plimsoll/core';

import { open, storeError } from './open.ts';
import { transact } from './schema.ts';
import { systemClock } from './system.ts';

/** Options of `sqliteStore`. */
export interface SqliteStoreOptions {
  /** The file, made if there is none; its folder must exist. SQLite puts two more beside it, `-wal` and `-shm`. */
  readonly path: string;
  /** The time by which values expire and periods are forgotten. @defaultValue the system's */
  readonly clock?: Pick<Clock, 'epochMs'> | undefined;
}

/** How long a period is kept after it was over. */
const KEPT_MS = 2 * 24 * 3_600_000;
/** Rows whose time is over are removed with each write, this many at most, so that no write takes long. */
const PRUNED_ROWS = 100;

/**
 * Keeps uses and values in one SQLite file, by Node's own `node:sqlite`. Several processes of one machine may share it.
 *
 * `node:sqlite` is synchronous: although the methods give promises, their work is done when they return, and the event
 * loop stands meanwhile: some microseconds for a value or a use, a few milliseconds for an `add` of a thousand. Hand in
 * many uses as one `add`, and calls once a second or so, not one for each request.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a bad option, ERR_PLIMSOLL_STORE when the file cannot be used; the
 *   message names it.
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  const { path, clock = systemClock } = options;
  if (typeof path !== 'string' || path === '') {
    throw optionError('sqliteStore', 'path', 'the path of a file', path);
  }
  return new SqliteStore(path, clock);
}

class SqliteStore implements Store {
  readonly name = 'sqlite';
  readonly #path: string;
  readonly #clock: Pick<Clock, 'epochMs'>;
  readonly #db: DatabaseSync;
  readonly #statements: Record<keyof typeof SQL, StatementSync>;

  constructor(path: string, clock: Pick<Clock, 'epochMs'>) {
    this.#path = path;
    this.#clock = clock;
    this.#db = open(path);
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, this.#db.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared) as Record<keyof typeof SQL, StatementSync>;
  }

  async add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
    const rows = uses.map(({ key, period, used }) => {
      if (!Number.isFinite(used)) throw rangeError('used', 'a finite number', used);
      return { name: `${period} ${key}`, values: [period, key, used, periodOverAtEpochMs(period)] };
    });
    return this.#run(() => {
      const totals = new Map<string, number>();
      transact(this.#db, () => {
        for (const { name, values } of rows) {
          totals.set(name, Number(this.#statements.addUse.get(...values)!.used));
        }
        this.#statements.pruneUses.run(this.#clock.epochMs() - KEPT_MS);
      });
      return uses.map(({ key, period }, index) => ({
        key,
        period,
        used: totals.get(rows[index]!.name)!,
      }));
    });
  }

  async load(epochMs: number): Promise<readonly PeriodUse[]> {
    return this.#run(() =>
      this.#statements.loadUses.all(epochMs).map(({ key, period, used }) => ({
        key: String(key),
        period: String(period),
        used: Number(used),
      })),
    );
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    if (!(ttlMs > 0 && ttlMs < Infinity)) throw rangeError('ttlMs', 'finite and > 0', ttlMs);
    this.#run(() =>
      transact(this.#db, () => {
        const nowMs = this.#clock.epochMs();
        this.#statements.putValue.run(key, value, Math.ceil(nowMs + ttlMs));
        this.#statements.pruneValues.run(nowMs);
      }),
    );
  }

  async get(key: string): Promise<string | undefined> {
    const row = this.#run(() => this.#statements.getValue.get(key, this.#clock.epochMs()));
    return row && String(row.value);
  }

  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
  }

  #run<Result>(work: () => Result): Result {
    if (!this.#db.isOpen) {
      throw new PlimsollError('ERR_PLIMSOLL_CLOSED', `sqliteStore: ${this.#path} is closed`);
    }
    try {
      return work();
    } catch (error) {
      throw storeError(this.#path, error);
    }
  }
}

const SQL = {
  addUse: `
    INSERT INTO period_use (period, key, used, over_at_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET used = used + excluded.used RETURNING used`,
  pruneUses: `
    DELETE FROM period_use WHERE (period, key) IN
      (SELECT period, key FROM period_use WHERE over_at_ms <= ? LIMIT ${PRUNED_ROWS})`,
  loadUses: 'SELECT period, key, used FROM period_use WHERE over_at_ms > ?',
  putValue: `
    INSERT INTO kept_value (key, value, expires_at_ms) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET value = excluded.value, expires_at_ms = excluded.expires_at_ms`,
  pruneValues: `
    DELETE FROM kept_value WHERE key IN
      (SELECT key FROM kept_value WHERE expires_at_ms <= ? LIMIT ${PRUNED_ROWS})`,
  getValue: 'SELECT value FROM kept_value WHERE key = ? AND expires_at_ms > ?',
} as const;

function rangeError(name: string, accepted: string, got: number): RangeError {
  return new RangeError(`sqliteStore: \`${name}\` must be ${accepted}, got ${got}`);
}
