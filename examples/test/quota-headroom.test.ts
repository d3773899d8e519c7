// What a strategy's own package cannot show: the engine's count of what is left, under the strategy that goes by it.
import { balancer } from '@plimsoll/balancer';
import { expectDistribution } from '@plimsoll/simulator';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { quotaHeadroom } from '@plimsoll/strategy-quota-headroom';
import { expect, test } from 'vitest';

test('500 used of 1,000,000 goes before 400 used of 1,000', async () => {
  const pool = balancer({
    strategy: quotaHeadroom(),
    targets: [
      { id: 'small', limits: { rpd: 1000 } },
      { id: 'large', limits: { rpd: 1_000_000 } },
    ],
  });
  for (let request = 0; request < 400; request++) await pool.run({ pin: 'small' }, async () => {});
  for (let request = 0; request < 500; request++) await pool.run({ pin: 'large' }, async () => {});
  expect(pool.stats().targets.map(({ quotas }) => quotas[0]?.used)).toEqual([400, 500]);
  expect(pool.explain({})).toMatchObject({ target: 'large' });
  await pool.close();
});

test('keys of different limits run dry together, to the last request', async () => {
  const targets = [
    { id: 'a', limits: { rpd: 100 } },
    { id: 'b', limits: { rpd: 300 } },
  ];
  for (const strategy of [quotaHeadroom(), quotaHeadroom({ within: leastBusy(), tolerance: 0 })]) {
    const pool = balancer({ strategy, targets, queue: { maxWaitMs: 0 } });
    await expectDistribution(pool, {
      requests: 200,
      shares: { a: 0.25, b: 0.75 },
      tolerance: 0.01,
    });
    for (let request = 200; request < 400; request++) await pool.run({}, async () => {});
    await expect(pool.run({}, async () => {})).rejects.toMatchObject({
      code: 'ERR_PLIMSOLL_CAPACITY',
    });
    await pool.close();
  }
});
