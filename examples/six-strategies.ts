// The six strategies over the same three targets, 600 requests each, up to 30 at once. `slow` takes three times as long.
//
//   node --conditions=@plimsoll/source examples/six-strategies.ts
import { setTimeout } from 'node:timers/promises';

import { balancer } from '@plimsoll/balancer';
import type { StrategyDefinition } from '@plimsoll/core';
import { consistentHash } from '@plimsoll/strategy-consistent-hash';
import { latency } from '@plimsoll/strategy-latency';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { random } from '@plimsoll/strategy-random';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';

const targets = [
  { id: 'large', weight: 3, data: 2 },
  { id: 'small', weight: 1, data: 2 },
  { id: 'slow', weight: 1, data: 6 },
];

async function shares(strategy: StrategyDefinition): Promise<Record<string, string>> {
  const pool = balancer({ strategy, targets });
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (sent < 600) {
      const hashKey = `user-${sent++ % 300}`;
      // A call of your own; the milliseconds stand for the provider's.
      await pool.run({ hashKey }, ({ data }) => setTimeout(data as number));
    }
  };
  await Promise.all(Array.from({ length: 30 }, worker));
  const counts = pool.stats().targets.map(({ id, share }) => [id, `${Math.round(share * 100)} %`]);
  await pool.close();
  return Object.fromEntries(counts);
}

const strategies = [roundRobin(), weightedRoundRobin(), leastBusy(), latency(), consistentHash()];
const table: Record<string, Record<string, string>> = {};
for (const strategy of [...strategies, random()]) table[strategy.name] = await shares(strategy);
console.table(table);
