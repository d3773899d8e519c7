import type { Random } from '@plimsoll/core';

import type { Candidate } from './candidate.ts';

/** What was wrong with an answer: the function threw, answered nothing, or something that was not offered. */
export type FallbackReason = 'threw' | 'no_answer' | 'not_a_candidate';

/** One answer that could not be followed. */
export interface Fallback {
  readonly reason: FallbackReason;
  /** What the function threw. */
  readonly error?: unknown;
}

/** The candidate with the fewest attempts in flight by weight, one at random of several: harmless whatever went wrong. */
export function leastBusy(candidates: readonly Candidate[], random: Random): Candidate {
  const start = random.below(candidates.length);
  const rotated = [...candidates.slice(start), ...candidates.slice(0, start)];
  return rotated.reduce((least, candidate) =>
    candidate.inFlight / candidate.weight < least.inFlight / least.weight ? candidate : least,
  );
}

/** Warns of the first fallback of each reason, so that a fault is seen and a log is not flooded. */
export function warnOnce(name: string): (fallback: Fallback) => void {
  const seen = new Set<FallbackReason>();
  return ({ reason, error }) => {
    if (seen.has(reason)) return;
    seen.add(reason);
    const cause = error instanceof Error ? `: ${error.message}` : '';
    process.emitWarning(`the function of strategy ${name} ${WORDS[reason]}${cause}`, {
      code: 'PLIMSOLL_CUSTOM_FALLBACK',
      detail: 'The least busy target was used instead. Further cases are not reported.',
    });
  };
}

const WORDS: Readonly<Record<FallbackReason, string>> = {
  threw: 'threw',
  no_answer: 'answered nothing',
  not_a_candidate: 'answered something that was not a candidate',
};
