import { type AttemptSink, ChunkKind } from '@plimsoll/core';
import { type InstantProvider, instantProvider, turns } from '@plimsoll/testkit';

import { balancer } from '../src/index.ts';

const sink = { onHead() {}, onChunk() {}, onEnd() {}, onError() {} };
const usage = { inputTokens: 10, outputTokens: 20 };
const REQUESTS = 300_000;

/** The reference: a provider is called and its answer dropped, without a balancer. */
function bare(provider: InstantProvider): number {
  const begin = performance.now();
  for (let count = 0; count < REQUESTS; count++) {
    provider.attempt(
      undefined,
      { payload: undefined },
      {
        onConnect() {},
        onHead() {},
        onChunk() {},
        onEnd() {},
        onError() {},
      },
    );
    answer(provider.sink!);
  }
  return ((performance.now() - begin) * 1e6) / REQUESTS;
}

function balanced(provider: InstantProvider, targets: number): number {
  const pool = balancer({
    strategy: turns(),
    targets: Array.from({ length: targets }, (_, index) => ({ id: `t${index}`, provider })),
  });
  const begin = performance.now();
  for (let count = 0; count < REQUESTS; count++) {
    pool.start({ payload: undefined, inputTokens: 100 }, sink);
    answer(provider.sink!);
  }
  const nanoseconds = ((performance.now() - begin) * 1e6) / REQUESTS;
  void pool.close();
  return nanoseconds;
}

function answer(to: AttemptSink): void {
  to.onConnect();
  to.onHead(undefined);
  to.onChunk(undefined, ChunkKind.content);
  to.onEnd({ usage });
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

console.log('One request through the engine: pick, lease, limits, health, counters, decision.');
for (const targets of [1, 8, 64, 1000]) {
  const provider = instantProvider();
  const pairs = Array.from({ length: 7 }, () => [balanced(provider, targets), bare(provider)]);
  const ours = median(pairs.map(([first]) => first!));
  const reference = median(pairs.map(([, second]) => second!));
  console.log(
    `${String(targets).padStart(5)} targets  ${ours.toFixed(0)} ns  (bare call ${reference.toFixed(0)} ns, difference ${(ours - reference).toFixed(0)} ns)`,
  );
}
