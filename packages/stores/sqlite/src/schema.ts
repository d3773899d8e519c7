import type { DatabaseSync } from 'node:sqlite';

/** Marks a file as Plimsoll's: "Plim" in ASCII, where SQLite keeps a program's own mark. */
const APPLICATION_ID = 0x506c_696d;

/**
 * The steps from an empty file to the present schema; a file says in `user_version` how many it has behind it. A step
 * that was released is never changed: a new one follows it.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE period_use (
    period TEXT NOT NULL,
    key TEXT NOT NULL,
    used REAL NOT NULL,
    -- When the period is over in every time zone, in milliseconds since the Unix epoch.
    over_at_ms INTEGER NOT NULL,
    PRIMARY KEY (period, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX period_use_over_at ON period_use (over_at_ms);

  CREATE TABLE kept_value (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX kept_value_expires_at ON kept_value (expires_at_ms);
  `,
];

/**
 * Brings the file to the present schema, in one transaction: of two processes that open it at once, one waits.
 *
 * @throws Error when the file is another program's, or a later version's.
 */
export function migrate(db: DatabaseSync): void {
  // Also where nothing is to be done: a file that cannot be written is found now and not at the first use.
  transact(db, () => {
    const version = numberOf(db, 'user_version');
    if (numberOf(db, 'application_id') !== APPLICATION_ID) {
      const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()!;
      if (version !== 0 || tables !== 0) throw new Error('the file belongs to another program');
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    }
    if (version > MIGRATIONS.length) {
      throw new Error(
        `a later version of Plimsoll wrote the file (schema ${version}, known ${MIGRATIONS.length})`,
      );
    }
    for (const step of MIGRATIONS.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

/** Runs `work` as one transaction that may write from its beginning. */
export function transact<Result>(db: DatabaseSync, work: () => Result): Result {
  // Not a plain BEGIN: one that reads first and then writes fails at once when another process wrote in between.
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // Some errors, such as a full disk, have rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function numberOf(db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()![pragma]);
}
