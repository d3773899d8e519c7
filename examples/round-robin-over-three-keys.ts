// Round-robin over three API keys, in process: no gateway, no SDK.
//
//   OPENAI_API_KEY_1=… OPENAI_API_KEY_2=… OPENAI_API_KEY_3=… node examples/round-robin-over-three-keys.ts
//
// A key that is not set is stood in for by a simulated model, so it also runs without any.
import { balancer } from '@plimsoll/balancer';
import type { WireHead, WireRequest } from '@plimsoll/core';
import { openai } from '@plimsoll/provider-openai';
import { simulated } from '@plimsoll/provider-simulated';
import { roundRobin } from '@plimsoll/strategy-round-robin';

const targets = [1, 2, 3].map((number) => {
  const apiKey = process.env[`OPENAI_API_KEY_${number}`];
  const provider = apiKey
    ? openai({ apiKey })
    : simulated({ firstTokenMs: 20, tokensPerSecond: 1000, seed: number });
  return { id: `key-${number}`, provider, model: 'gpt-5-mini' };
});
const pool = balancer<WireRequest, WireHead, Uint8Array>({ strategy: roundRobin(), targets });
pool.onError((failure, target) => console.log(`${target.id} failed: ${failure.message}`));

for (let request = 1; request <= 6; request++) {
  const answer = await pool.stream({
    payload: {
      dialect: 'openai',
      path: '/chat/completions',
      json: { model: 'gpt-5-mini', messages: [{ role: 'user', content: `Count to ${request}.` }] },
    },
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const { choices } = JSON.parse(Buffer.concat(chunks).toString());
  const { target, latencyMs } = await answer.result;
  console.log(`${target.id} in ${Math.round(latencyMs)} ms: ${choices[0].message.content}`);
}

console.table(pool.stats().table());
await pool.close();
for (const { provider } of targets) await provider.close?.();
