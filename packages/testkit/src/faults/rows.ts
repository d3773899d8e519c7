import type { FaultRow } from './row.ts';
import { rowsBeforeAnswer } from './rows-before-answer.ts';
import { rowsInAnswer } from './rows-in-answer.ts';
import { rowsOfRequest } from './rows-of-request.ts';
import { rowsOverTime } from './rows-over-time.ts';

/** What upstreams do, and what must come of it. */
export const faultRows: readonly FaultRow[] = [
  ...rowsBeforeAnswer,
  ...rowsInAnswer,
  ...rowsOfRequest,
  ...rowsOverTime,
];
