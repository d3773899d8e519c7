import type { Candidate, Decision } from '@plimsoll/balancer';

import type { CallRecord } from './call-record.ts';
import { failureLabel } from './failure-words.ts';
import type { DecisionRow } from './view.ts';

type Kind = DecisionRow['kind'];

const LEFT_OUT: Readonly<Record<Exclude<Candidate['reason'], 'admissible'>, string>> = {
  draining: 'draining',
  pin: 'the caller asked for another',
  region: 'outside the regions allowed',
  tags: 'lacks a tag that is asked for',
  provider: 'same provider as the one that refused',
  model: 'another model',
  resume: 'cannot go on with an answer',
  context_window: 'too small for the prompt',
  capability: 'cannot do what is asked for',
  tried: 'failed before',
  cooling: 'cooling down',
  unhealthy: 'breaker open',
  concurrency: 'full',
  quota: 'no room in its limits just then',
  budget: 'budget spent',
  slow_start: 'passed over in slow start',
};

/** Why a candidate was left out; `null` when it was not. */
export function leftOutWords({ reason }: Candidate): string | null {
  return reason === 'admissible' ? null : LEFT_OUT[reason];
}

/** What a call is notable for; `turn` when it is not. */
export function kindOf(call: CallRecord): Kind {
  const { attempts, outcome } = call;
  const first = attempts[0];
  if (first === undefined) return 'refused';
  if (outcome === 'failed') return 'failed';
  if (attempts.length > 1) {
    const causes = new Set(attempts.map(({ cause }) => cause));
    if (causes.has('rescue')) return 'rescue';
    return causes.has('hedge') ? 'hedge' : 'failover';
  }
  const { pin, residency, isAtHome } = first.request;
  if (pin !== undefined) return 'pin';
  if (residency !== undefined && isNarrowed(first)) return 'residency';
  if (isAtHome === false) return 'affinity';
  if (call.leftOut !== undefined) return call.leftOut.kind;
  return call.slowStartRatio === undefined ? 'turn' : 'slow_start';
}

/** The same in words, to follow the kind. */
export function reasonOf(call: CallRecord, kind: Kind, pool: string): string {
  const { attempts, leftOut } = call;
  const first = attempts[0] ?? call.first;
  switch (kind) {
    case 'refused':
      return 'no target could take it';
    case 'failed':
      return failedWords(attempts);
    case 'rescue': {
      const [broken] = attempts;
      return `${broken!.target} broke off after content, ${call.serving!.target} went on`;
    }
    case 'hedge': {
      const hedge = attempts.find(({ cause }) => cause === 'hedge')!;
      return `${first.target} had no first token after ${durationWords(hedge.sinceStartMs - first.sinceStartMs)}`;
    }
    case 'failover':
      return attempts
        .filter(({ outcome }) => outcome === 'failed')
        .map((one) => `${one.target} ${failedHow(one)}`)
        .join(', then ');
    case 'pin':
      return `the caller asked for ${pool}@${first.request.pin}`;
    case 'residency':
      return `the request allows only ${first.request.residency!.join(' and ')}`;
    case 'affinity':
      return 'the home of its key was left out or had too much to do';
    case 'quota':
    case 'health':
      return leftOutSentence(leftOut!, first);
    case 'slow_start':
      return `its turn at ${Math.round(call.slowStartRatio! * 100)}% of its weight`;
    case 'turn':
      return first.path.length === 0 ? `next by ${first.strategy}` : first.path.join(', ');
  }
}

/** How an attempt failed: `answered 429 before any content`. */
export function failedHow({ failureFacts, firstContentMs }: Decision): string {
  if (failureFacts === undefined) return 'failed';
  const { kind } = failureFacts;
  if (firstContentMs !== undefined) return 'broke off after content';
  if (kind === 'network') return 'could not be reached';
  if (kind === 'timeout') return 'gave no answer in time';
  if (kind === 'stream') return 'broke off before any content';
  return `answered ${failureLabel(failureFacts)} before any content`;
}

/** `418 ms`, `1.12 s`. */
export function durationWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** `840 tokens`, `6.1k tokens`. */
export function tokenWords(tokens: number): string {
  return `${tokens < 1000 ? tokens : `${(tokens / 1000).toFixed(1)}k`} tokens`;
}

function failedWords(attempts: readonly Decision[]): string {
  const last = attempts.at(-1)!;
  const facts = last.failureFacts;
  const how = facts === undefined ? '' : ` with ${failureLabel(facts)}`;
  return attempts.length === 1
    ? `the attempt on ${last.target} failed${how}`
    : `${attempts.length} attempts failed, the last on ${last.target}${how}`;
}

function leftOutSentence(
  { target, reason }: NonNullable<CallRecord['leftOut']>,
  { request }: Decision,
): string {
  switch (reason) {
    case 'quota':
      return request.inputTokens === undefined
        ? `${target} had no room in its limits`
        : `${target} had no room in its limits for a request of ${tokenWords(request.inputTokens)}`;
    case 'concurrency':
      return `${target} has as many in flight as it may have`;
    case 'cooling':
      return `${target} is left out from here on, cooling down`;
    case 'unhealthy':
      return `${target} is left out from here on, its breaker is open`;
  }
}

/** Whether the regions that a request allows left out some target. */
function isNarrowed({ candidates }: Decision): boolean {
  return candidates.length === 0 || candidates.some(({ reason }) => reason === 'region');
}
