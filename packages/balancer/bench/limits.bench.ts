import { ChunkKind, type QuotaLimits } from '@plimsoll/core';
import { instantProvider, turns } from '@plimsoll/testkit';

import { balancer } from '../src/index.ts';

const REQUESTS = 200_000;
const PAIRS = 15;
const TARGETS = 8;

const callerSink = { onHead() {}, onChunk() {}, onEnd() {}, onError() {} };
const usage = { inputTokens: 100, outputTokens: 20 };

/** Microseconds of CPU per request through the whole engine; collecting garbage counts, as it does in use. */
function cost(limits: QuotaLimits | undefined): number {
  const provider = instantProvider();
  const pool = balancer({
    strategy: turns(),
    targets: Array.from({ length: TARGETS }, (_, index) => ({
      id: `t${index}`,
      provider,
      ...(limits && { limits }),
    })),
  });
  const begin = process.cpuUsage();
  for (let count = 0; count < REQUESTS; count++) {
    pool.start({ payload: undefined, inputTokens: 100, maxOutputTokens: 500 }, callerSink);
    const { sink } = provider;
    sink!.onConnect();
    sink!.onHead(undefined);
    sink!.onChunk(undefined, ChunkKind.content);
    sink!.onEnd({ usage });
  }
  const { user, system } = process.cpuUsage(begin);
  const served = pool.stats().targets.reduce((sum, target) => sum + target.served, 0);
  if (served !== REQUESTS) throw new Error(`${served} of ${REQUESTS} served: limits too small`);
  void pool.close();
  return (user + system) / REQUESTS;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

const kinds: [string, QuotaLimits][] = [
  ['rpm', { rpm: 1e9 }],
  ['rpm, tpm', { rpm: 1e9, tpm: 1e12 }],
  ['rpm, tpm, rpd', { rpm: 1e9, tpm: 1e12, rpd: 1e12 }],
];

console.log(
  `CPU of a request, ${TARGETS} targets, limits on against off: ${PAIRS} pairs in turns.`,
);
cost(undefined);
cost(kinds[2]![1]);
for (const [name, limits] of kinds) {
  const pairs = Array.from({ length: PAIRS }, (_, pair) => {
    // Which of the two is first changes, so that neither always runs in the other's garbage.
    if (pair % 2 === 0) return { off: cost(undefined), on: cost(limits) };
    const on = cost(limits);
    return { off: cost(undefined), on };
  });
  const off = median(pairs.map((pair) => pair.off));
  const more = median(pairs.map((pair) => pair.on - pair.off));
  console.log(
    `${name.padEnd(14)} off ${off.toFixed(2)} us, on ${more >= 0 ? '+' : ''}${more.toFixed(2)} us`,
  );
}
