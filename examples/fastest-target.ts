// The fastest target, by time to first token and time per token, each measured for itself. A probe that asks keeps the
// measures fresh where there is no traffic; it costs tokens, so it is opted into.
import { balancer } from '@plimsoll/balancer';
import type { WireHead, WireRequest } from '@plimsoll/core';
import { simulated } from '@plimsoll/provider-simulated';
import { latency } from '@plimsoll/strategy-latency';

const json = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true };
const request = { isStream: true, payload: { dialect: 'openai', path: '/chat/completions', json } };

const targets = [
  { id: 'near', firstTokenMs: 10, tokensPerSecond: 4000 },
  { id: 'far', firstTokenMs: 80, tokensPerSecond: 4000 },
  { id: 'overloaded', firstTokenMs: 150, tokensPerSecond: 500 },
].map(({ id, ...speed }) => ({
  id,
  model: 'm',
  provider: simulated({ ...speed, outputTokens: 20 }),
}));

const pool = balancer<WireRequest, WireHead, Uint8Array>({
  strategy: latency({ mode: 'first-token' }),
  targets,
  probe: { everyMs: 500, request },
});

let bytes = 0;
const worker = async (): Promise<void> => {
  for (let count = 0; count < 40; count++) {
    const answer = await pool.stream(request);
    for await (const chunk of answer) bytes += chunk.length;
  }
};
await Promise.all([worker(), worker(), worker()]);

console.log(`${bytes} bytes in 120 answers`);
console.table(
  pool.stats().targets.map(({ id, share, averageFirstContentMs }) => ({
    target: id,
    share: `${Math.round(share * 100)} %`,
    'first token, ms': Math.round(averageFirstContentMs ?? 0),
  })),
);
await pool.close();
