import { pino } from 'pino';
import { expect, it, vi } from 'vitest';

import { storeTrouble } from '../src/store-trouble.ts';

it('tells of the same trouble once a minute', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const lines: string[] = [];
  const tell = storeTrouble(pino({}, { write: (line) => void lines.push(JSON.parse(line).error) }));
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
