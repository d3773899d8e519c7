import type { Random } from '@plimsoll/core';

import { type Distribution, logNormal } from './distribution.ts';

/** How long prompts and answers are, in tokens. */
export interface Lengths {
  readonly input: Distribution;
  /** Draws below 1 count as 1. */
  readonly output: Distribution;
}

/**
 * Lengths as conversations have them: prompts log-normal with median 1,020 and sigma 1.1 up to 16,000 tokens (mean
 * 1,816), answers with median 129 and sigma 1.2 up to 4,096 (mean 261).
 *
 * Source: medians of the conversation trace of Azure's LLM inference service: Patel et al., Splitwise, ISCA 2024. The
 * sigmas are a choice, near the spread of that trace.
 */
export function chatLengths(): Lengths {
  return {
    input: logNormal({ median: 1020, sigma: 1.1, max: 16_000 }),
    output: logNormal({ median: 129, sigma: 1.2, max: 4096 }),
  };
}

/** A way to draw whole tokens. */
export function lengthSampler(
  lengths: Lengths,
  random: Random,
): () => { inputTokens: number; outputTokens: number } {
  const input = lengths.input.create(random);
  const output = lengths.output.create(random);
  return () => ({
    inputTokens: Math.round(input()),
    outputTokens: Math.max(1, Math.round(output())),
  });
}
