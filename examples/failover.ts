// A stream that fails before its first content goes on elsewhere unseen; one that breaks off after it is rescued, where
// the provider can go on with a text. One deadline and one retry budget hold for all that is tried.
import { balancer } from '@plimsoll/balancer';
import type { WireHead, WireRequest } from '@plimsoll/core';
import { openai } from '@plimsoll/provider-openai';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { openAIUpstream, upstreamErrors } from '@plimsoll/testkit';

await using shaky = openAIUpstream();
await using sound = openAIUpstream();
const targetOf = async (id: string, upstream: typeof shaky) => ({
  id,
  model: 'gpt-5-mini',
  provider: openai({ apiKey: 'none', baseUrl: await upstream.listen() }),
});
const pool = balancer<WireRequest, WireHead, Uint8Array>({
  strategy: roundRobin(),
  targets: [await targetOf('shaky', shaky), await targetOf('sound', sound)],
  timeouts: { deadlineMs: 10_000, firstContentMs: 2000 },
  retry: { budgetRatio: 0.2 },
  hedge: { afterMs: 500, budgetRatio: 0.05 },
  rescue: { holdBack: 100 },
});
pool.onError((failure, { id }) => console.log(`${id}: ${failure.kind}, ${failure.message}`));

shaky.always(upstreamErrors.serverError);
const json = { model: 'm', messages: [{ role: 'user', content: 'Hello' }], stream: true };
for (let count = 0; count < 2; count++) {
  const answer = await pool.stream({
    isStream: true,
    payload: { dialect: 'openai', path: '/chat/completions', json },
  });
  let bytes = 0;
  for await (const chunk of answer) bytes += chunk.length;
  const { target, attempts } = await answer.result;
  console.log(`${bytes} bytes from ${target.id}, attempts: ${attempts}`);
}
await pool.close();
