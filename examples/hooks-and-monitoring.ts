// Hooks and numbers: what happened to each request and each target, as events, as data and as a table.
import { balancer } from '@plimsoll/balancer';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';

const price = { input: 0.25, output: 2 };
const pool = balancer({
  strategy: weightedRoundRobin(),
  targets: [
    { id: 'a', weight: 3, price },
    { id: 'b', weight: 2, price },
  ],
});

let spentUsd = 0;
pool.onSuccess(({ target, latencyMs, costUsd }) => {
  spentUsd += costUsd ?? 0;
  if (latencyMs > 1000) console.log(`${target.id} was slow`);
});
pool.onError((failure, target) => console.log(`${target.id} failed: ${failure.message}`));
pool.on('failure', ({ code }) => console.log(`a request was not served: ${code}`));

for (let request = 1; request <= 50; request++) {
  await pool.run({ inputTokens: 100 }, async ({ id }, attempt) => {
    if (request % 20 === 7 && attempt.number === 1) {
      throw Object.assign(new Error(`no luck with ${id}`), { status: 503 });
    }
    attempt.usage({ inputTokens: 100, outputTokens: 40 });
  });
}

console.table(pool.stats().table());
console.log(`spent: ${spentUsd.toFixed(6)} US dollars`);
await pool.close();
