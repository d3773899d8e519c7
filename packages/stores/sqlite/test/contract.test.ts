import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { manualClock, storeContract } from '@plimsoll/testkit';
import { afterAll } from 'vitest';

import { sqliteStore } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = manualClock();

storeContract({
  open: (place) => sqliteStore({ path: join(folder, `${place}.db`), clock }),
  epochMs: () => clock.epochMs(),
  elapse: (ms) => clock.advance(ms),
});
