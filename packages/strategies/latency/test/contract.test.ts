import { strategyContract } from '@plimsoll/testkit';

import { latency } from '../src/index.ts';

for (const mode of ['balanced', 'first-token', 'per-token', 'peak-ewma'] as const) {
  strategyContract({ name: `latency, ${mode}`, create: () => latency({ mode }) });
}
