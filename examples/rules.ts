// By what is asked: size, images, tools, metadata, how hard it is. Here conditions are functions; in a configuration they
// are expressions (config/rules.yaml), compiled by `compileExpression` of @plimsoll/config.
import { balancer } from '@plimsoll/balancer';
import { complexityOf } from '@plimsoll/core';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { rules } from '@plimsoll/strategy-rules';

const pool = balancer({
  strategy: rules({
    rules: [
      {
        name: 'pro plan',
        when: ({ metadata }) => metadata?.['plan'] === 'pro',
        use: leastBusy(),
        tags: ['large'],
      },
      {
        name: 'hard',
        when: (request) => complexityOf(request) > 0.5 || (request.images ?? 0) > 0,
        use: leastBusy(),
        targets: ['large-1'],
      },
    ],
    otherwise: leastBusy(),
  }),
  targets: [
    { id: 'small', weight: 9 },
    { id: 'large-1', tags: ['large'], weight: 1 },
  ],
});

for (const traits of [
  { inputTokens: 20 },
  { inputTokens: 20, metadata: { plan: 'pro' } },
  { inputTokens: 30_000, turns: 12, tools: 5 },
]) {
  const { target, path } = pool.explain(traits);
  console.log(`${target}: ${path.join(', ')}`);
}
await pool.close();
