// The cheapest target that can serve, by what this request will cost there. Price 0 is a price.
import { balancer } from '@plimsoll/balancer';
import { cost } from '@plimsoll/strategy-cost';
import { leastBusy } from '@plimsoll/strategy-least-busy';

const pool = balancer({
  strategy: cost({ within: leastBusy() }),
  targets: [
    {
      id: 'own',
      price: { input: 0, output: 0 },
      capabilities: { contextWindow: 8000, images: false },
    },
    { id: 'cheap-prompt', price: { input: 0.1, output: 9 } },
    { id: 'cheap-answer', price: { input: 3, output: 1 } },
  ],
  budget: { usdPerDay: 100 },
});

const requests = {
  'a short question': { inputTokens: 50, maxOutputTokens: 200 },
  'a long document, short answer': { inputTokens: 50_000, maxOutputTokens: 100 },
  'an image, short prompt': { inputTokens: 200, maxOutputTokens: 4000, images: 1 },
};
for (const [name, traits] of Object.entries(requests)) {
  const { target, path } = pool.explain(traits);
  console.log(`${name}: ${target} (${path.join(', ')})`);
}
await pool.close();
