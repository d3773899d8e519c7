// An A/B test of two system prompts, 70 to 30: the application makes its own calls, here with the openai SDK.
//
//   OPENAI_API_KEY=… node examples/ab-test.ts
//
// Without a key it talks to an upstream on this machine that stands in for the API.
import { balancer } from '@plimsoll/balancer';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';
import { openAIUpstream } from '@plimsoll/testkit';
import OpenAI from 'openai';

const apiKey = process.env['OPENAI_API_KEY'];
await using upstream = openAIUpstream();
const client = apiKey
  ? new OpenAI({ apiKey, maxRetries: 0 })
  : new OpenAI({ apiKey: 'none', maxRetries: 0, baseURL: await upstream.listen() });

const price = { input: 0.25, output: 2 };
const pool = balancer({
  name: 'prompts',
  strategy: weightedRoundRobin(),
  targets: [
    { id: 'brief', weight: 7, tags: ['a'], price, data: 'Answer in one sentence.' },
    { id: 'thorough', weight: 3, tags: ['b'], price, data: 'Explain step by step.' },
  ],
});

async function ask(question: string): Promise<string> {
  return await pool.run({}, async (variant, attempt) => {
    const { choices, usage } = await client.chat.completions.create(
      {
        model: 'gpt-5-mini',
        messages: [
          { role: 'system', content: variant.data as string },
          { role: 'user', content: question },
        ],
      },
      { signal: attempt.signal },
    );
    // What it cost is known once the tokens are told.
    if (usage) {
      attempt.usage({ inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens });
    }
    return choices[0]?.message.content ?? '';
  });
}

for (let request = 1; request <= 20; request++) await ask(`Why do ships float? (${request})`);

console.table(
  pool.stats().targets.map(({ id, served, share, errorRatio, averageLatencyMs, costUsd }) => ({
    variant: id,
    requests: served,
    share: `${Math.round(share * 100)} %`,
    errors: `${Math.round(errorRatio * 100)} %`,
    'latency, ms': Math.round(averageLatencyMs ?? 0),
    'cost, USD': costUsd.toFixed(6),
  })),
);
await pool.close();
