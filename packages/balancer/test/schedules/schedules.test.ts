import fc from 'fast-check';
import { it } from 'vitest';

import { runSchedule } from './run-schedule.ts';
import { anySchedule } from './schedule.ts';

// Together with the orders of events, which know no times, these are 10,000.
it.each([1, 2, 3, 4])('2,000 schedules break no promise, seed %i', async (seed) => {
  const property = fc.asyncProperty(anySchedule, (schedule) => runSchedule(schedule));
  await fc.assert(property, { numRuns: 2000, seed });
});
