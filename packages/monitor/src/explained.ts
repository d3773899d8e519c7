import type { Candidate, Decision } from '@plimsoll/balancer';

import type { CallRecord } from './call-record.ts';
import { rowOf } from './decision-log.ts';
import { durationWords, failedHow, kindOf, leftOutWords } from './decision-words.ts';
import { failureLabel, failureWords } from './failure-words.ts';
import type { Explained } from './view.ts';

/** One call explained; what only the server in front of the pool knows is `null`. */
export function explainedCall(
  call: CallRecord,
  pool: string,
  retryBudgetUsedRatio: number | null,
): Explained {
  const row = rowOf(call, kindOf(call), pool);
  const { first } = call;
  const { inputTokens, deadlineMs } = first.request;
  const traced = call.all.find(({ path }) => path.length > 0);
  return {
    ...row,
    sentence: sentenceOf(call, row.reason),
    strategy: first.strategy,
    path: traced?.path ?? [],
    attemptsMade: call.attempts.map(attemptOf),
    candidates: candidatesOf(call),
    estimateTokens: inputTokens ?? null,
    deadlineMs: deadlineMs ?? null,
    retryBudgetUsedRatio,
    overheadMs: null,
    requestId: null,
  };
}

function attemptOf(decision: Decision): Explained['attemptsMade'][number] {
  const { target, sinceStartMs, firstContentMs, durationMs, failureFacts } = decision;
  const { retryAfterMs } = failureFacts ?? {};
  const wait = retryAfterMs === undefined ? '' : `, retry in ${Math.ceil(retryAfterMs / 1000)} s`;
  return {
    target: target!,
    startMs: Math.round(sinceStartMs),
    firstContentMs: firstContentMs === undefined ? null : Math.round(sinceStartMs + firstContentMs),
    endMs: durationMs === undefined ? null : Math.round(sinceStartMs + durationMs),
    failure: failureFacts === undefined ? null : `${failureWords(failureFacts)}${wait}`,
  };
}

function candidatesOf(call: CallRecord): Explained['candidates'] {
  const { first, all, attempts } = call;
  const scored = all.find(({ candidates }) => candidates.some(hasScore));
  const scores = new Map(scored?.candidates.map(({ target, score }) => [target, score]));
  const next = scored && nextAfter(scored, attempts);
  return first.candidates.map((candidate) => {
    const { target } = candidate;
    const outcome = outcomeOf(target, attempts);
    return {
      target,
      score: scores.get(target) ?? null,
      leftOut: leftOutWords(candidate),
      outcome: outcome ?? (target === next ? 'would have been next' : null),
    };
  });
}

/** The admissible target with the best score of those that were not tried: best is where the chosen one's is. */
function nextAfter(
  { candidates, target }: Decision,
  attempts: readonly Decision[],
): string | undefined {
  const tried = new Set(attempts.map((attempt) => attempt.target));
  const admissible = candidates.filter((one) => one.reason === 'admissible' && hasScore(one));
  const chosen = admissible.find((one) => one.target === target)?.score;
  if (chosen === undefined) return undefined;
  const others = admissible.filter((one) => !tried.has(one.target));
  const isHighest = others.every(({ score }) => score! <= chosen);
  const isLowest = others.every(({ score }) => score! >= chosen);
  if (isHighest === isLowest) return undefined;
  const sign = isHighest ? -1 : 1;
  return others.toSorted((a, b) => sign * (a.score! - b.score!))[0]?.target;
}

/** What became of a candidate that was tried: `picked, answered 429`. */
function outcomeOf(target: string, attempts: readonly Decision[]): string | undefined {
  const own = attempts.filter((attempt) => attempt.target === target);
  const last = own.at(-1);
  if (last === undefined) return undefined;
  const order = attempts[0]!.target === target ? 'picked' : 'picked next';
  switch (last.outcome) {
    case 'success':
      return `${order}, served`;
    case 'failed':
      return `${order}, ${last.failureFacts === undefined ? 'failed' : `answered ${failureLabel(last.failureFacts)}`}`;
    case 'aborted':
      return `${order}, given up`;
    case undefined:
      return `${order}, under way`;
  }
}

function sentenceOf(call: CallRecord, reason: string): string {
  const { attempts, outcome, serving, firstContentMs, first } = call;
  if (serving === undefined) {
    const left = first.candidates.map((one) => `${one.target} ${leftOutWords(one)}`);
    return `No target could take it${left.length === 0 ? '' : `: ${left.join(', ')}`}.`;
  }
  const failed = attempts.filter((attempt) => attempt.outcome === 'failed');
  const where = `to ${serving.target}`;
  if (outcome === 'failed') return `Not served: ${reason}.`;
  const went =
    failed.length === 0 || failed[0] === serving
      ? `Went ${where}: ${reason}.`
      : `Went ${where} because ${failed.map((one) => `${one.target} ${failedHow(one)}`).join(' and ')}.`;
  if (outcome === null) return `${went} It is still under way.`;
  if (outcome === 'aborted') return `${went} The caller went away before the end.`;
  const answer = attempts.length > 1 ? ' The caller saw one answer' : ' The caller had the answer';
  const time =
    firstContentMs === null ? '' : `, ${durationWords(firstContentMs)} to the first token`;
  return `${went}${answer}${time}${attempts.length > 1 ? ' and no error' : ''}.`;
}

function hasScore({ score }: Candidate): boolean {
  return score !== undefined;
}
