// Three keys as three targets, each with limits of its own; two of them belong to one organisation and share its limit.
// What is used is known per key and per group, and nothing is sent where it would be refused.
import { balancer, fleet } from '@plimsoll/balancer';
import { isPlimsollError } from '@plimsoll/core';
import { leastBusy } from '@plimsoll/strategy-least-busy';

const pool = balancer({
  strategy: leastBusy(),
  fleet: fleet({ quotaGroups: { 'org-a': { rpd: 5 } } }),
  targets: [
    { id: 'key-1', limits: { rpd: 4, rpm: 500, tpm: 200_000, concurrency: 8 } },
    { id: 'key-2', quotaGroup: 'org-a', limits: { concurrency: 8 } },
    { id: 'key-3', quotaGroup: 'org-a', limits: { concurrency: 8 } },
  ],
  queue: { maxWaitMs: 0 },
});

let refused = '';
for (let request = 0; request < 10; request++) {
  try {
    await pool.run({ inputTokens: 100, maxOutputTokens: 50 }, async (_target, attempt) => {
      attempt.usage({ inputTokens: 100, outputTokens: 20 });
    });
  } catch (error) {
    if (isPlimsollError(error)) refused = error.code;
  }
}

for (const { id, served, quotas } of pool.stats().targets) {
  const left = quotas.map(
    (q) => `${q.limit - q.used} of ${q.limit} ${q.dimension} left (${q.scope})`,
  );
  console.log(`${id} served ${served}: ${left.join(', ')}`);
}
console.log(`the tenth request: ${refused}`); // 4 + 5 is all there is, whatever the number of keys
await pool.close();
