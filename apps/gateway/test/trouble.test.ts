import { pino } from 'pino';
import { expect, it, vi } from 'vitest';

import { logTrouble } from '../src/trouble.ts';

it('tells of the same trouble once a minute', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line).error) });
  const tell = logTrouble(log, 'trying again');
  tell(new Error('refused'));
  tell(new Error('refused'));
  tell('away');
  vi.advanceTimersByTime(59_000);
  tell(new Error('refused'));
  vi.advanceTimersByTime(1000);
  tell(new Error('refused'));
  vi.useRealTimers();
  expect(lines).toEqual(['refused', 'away', 'refused']);
});

it('tells a code where there is no message', () => {
  const lines: unknown[] = [];
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  logTrouble(
    log,
    'trying again',
  )(Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }));
  expect(lines).toMatchObject([{ error: 'ECONNREFUSED', msg: 'trying again' }]);
});
