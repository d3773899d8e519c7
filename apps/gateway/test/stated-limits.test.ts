// The engine and the adapter together: limits that only the answers state.
import { balancer, fleet } from '@plimsoll/balancer';
import { simulated, type SimulatedLimits } from '@plimsoll/provider-simulated';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { manualClock } from '@plimsoll/testkit';
import { expect, it } from 'vitest';

const messages = [{ role: 'user', content: 'Hi' }];
const json = { model: 'any', messages, max_tokens: 10 };
const request = {
  payload: { dialect: 'openai', path: '/chat/completions', json },
  inputTokens: 1,
  maxOutputTokens: 10,
};

/** Five minutes of two requests a second, to a model with `limits` that nobody configured. */
async function fiveMinutes(limits: SimulatedLimits) {
  const clock = manualClock();
  const provider = simulated({ limits, firstTokenMs: 0, tokensPerSecond: Infinity, clock });
  const pool = balancer({
    strategy: roundRobin(),
    targets: [{ id: 'a', provider }],
    queue: { maxWaitMs: 0 },
    fleet: fleet({ clock }),
  });
  let served = 0;
  const sink = { onHead() {}, onChunk() {}, onEnd: () => void served++, onError() {} };
  for (let count = 0; count < 600; count++) {
    pool.start(request, sink);
    // What is put off to the next tick happens.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(500);
  }
  await pool.close();
  return { served, received: provider.received };
}

it.each<[what: string, SimulatedLimits]>([
  ['requests', { rpm: 60 }],
  // Each takes one for the prompt and ten for the answer.
  ['tokens', { tpm: 660 }],
])('a limit of %s that no configuration states is never hit', async (_what, limits) => {
  const { served, received } = await fiveMinutes(limits);
  expect(received).toBe(served);
  // 60 a minute are allowed, and without a queue a place that comes free between two requests waits for the next.
  expect(served).toBeGreaterThan(255);
  expect(served).toBeLessThanOrEqual(300);
});
