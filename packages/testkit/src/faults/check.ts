import type { OpenAIUpstream } from '../openai-upstream/upstream.ts';
import type { FaultExpectation } from './row.ts';
import type { FaultError, FaultPool } from './subject.ts';
import type { Asked } from './traffic.ts';

/** What there is to look at once the traffic is over. */
export interface FaultEvidence {
  readonly asked: readonly Asked[];
  readonly pool: FaultPool;
  /** The faulty one first. */
  readonly upstreams: readonly OpenAIUpstream[];
  /** When the traffic began. */
  readonly beganMs: number;
  /** How long an upstream may go on for a caller who left; absent where callers stay. */
  readonly abortMs: number | undefined;
  /** What a whole answer says. */
  readonly text: string;
}

/** How soon after a cool-down the next attempt has to come, in milliseconds: traffic comes ten times as often. */
const SOON_MS = 500;

/** What differs from what must come out, in words; under every row also the rules that hold for all of them. */
export function differences(expected: FaultExpectation, evidence: FaultEvidence): string[] {
  return [
    ...(expected.outcome === 'left' ? ofLeaving(evidence) : ofAnswers(expected, evidence)),
    ...ofErrors(expected, evidence),
    ...ofTime(expected, evidence),
    ...ofAttempts(expected, evidence),
    ...ofTarget(expected, evidence),
    ...ofShares(expected, evidence),
    ...ofRules(evidence),
  ];
}

function ofAnswers({ outcome }: FaultExpectation, { asked, text }: FaultEvidence): string[] {
  const told: string[] = [];
  const whole = asked.filter(({ answer }) => answer.error === undefined);
  for (const { answer } of whole) {
    if (answer.text !== text) told.push(`an answer says ${JSON.stringify(answer.text)}`);
    if (answer.finishReason !== 'stop') told.push(`an answer ends with ${answer.finishReason}`);
    if (answer.model !== 'gpt-test') told.push(`an answer names the model ${answer.model}`);
    if (!((answer.outputTokens ?? 0) > 0)) told.push('an answer has no usage');
  }
  const failed = asked.flatMap(({ answer }) => (answer.error === undefined ? [] : [answer]));
  for (const { text: part, finishReason, error } of failed) {
    if (outcome === 'ok') told.push(`a request failed: ${error!.message}`);
    if (outcome === 'error' && error!.isInStream) told.push('an error came in a stream');
    if (finishReason !== undefined) told.push(`a cut answer has finish_reason ${finishReason}`);
    if (!text.startsWith(part)) told.push(`a cut answer says ${JSON.stringify(part)}`);
  }
  // Once its breaker has opened, requests for the faulty target are refused before a stream begins.
  if (outcome === 'broken' && !failed.some(({ error }) => error!.isInStream)) {
    told.push('no answer broke off');
  }
  if (outcome === 'error' && whole.length > 0) told.push(`${whole.length} requests were answered`);
  return told;
}

function ofLeaving({ asked, upstreams, abortMs = 0 }: FaultEvidence): string[] {
  const requests = upstreams.flatMap((upstream) => upstream.requests);
  const late = requests.filter(
    ({ startedMs, abortedMs = Infinity }) => abortedMs - startedMs > abortMs,
  );
  const told = late.map(({ startedMs, abortedMs }) =>
    abortedMs === undefined
      ? 'an upstream was not told that its caller left'
      : `an upstream was told after ${Math.round(abortedMs - startedMs)} ms`,
  );
  return requests.length < asked.length ? [...told, 'not all requests reached upstreams'] : told;
}

function ofErrors(expected: FaultExpectation, { asked }: FaultEvidence): string[] {
  const { says, status, code, kind } = expected;
  const errors = asked.flatMap(({ answer }) => answer.error ?? []);
  const told = errors.flatMap((error) => [
    ...differing('status', error.status, status),
    ...differing('code', error.code, code === undefined ? undefined : [code]),
    ...differing('kind', error.kind, kind === undefined ? undefined : [kind]),
    ...ofWords(expected, error),
  ]);
  const isSaid = says === undefined || errors.some(({ message }) => message.includes(says));
  return isSaid ? told : [...told, `says ${JSON.stringify(errors[0]?.message)}`];
}

function differing<T>(what: string, got: T | undefined, accepted?: readonly T[]): string[] {
  if (accepted === undefined || got === undefined || accepted.includes(got)) return [];
  return [`${what} ${String(got)}, not ${accepted.join(' or ')}`];
}

function ofWords(expected: FaultExpectation, error: FaultError): string[] {
  const { neverSays, retryAfterMs } = expected;
  const { message, status, shouldRetry = 'false' } = error;
  const told: string[] = [];
  if (neverSays !== undefined && message.includes(neverSays)) {
    told.push(`says ${JSON.stringify(message)}`);
  }
  if (retryAfterMs !== undefined) {
    const [least, most] = retryAfterMs;
    const ms = error.retryAfterMs ?? Number.NaN;
    if (!(ms >= least && ms <= most)) told.push(`names a wait of ${ms} ms`);
  }
  // Only a limit that no attempt was made against may be asked again without multiplying attempts.
  if (shouldRetry !== 'false' && status !== 429) told.push(`x-should-retry: ${shouldRetry}`);
  return told;
}

function ofTime(expected: FaultExpectation, { asked }: FaultEvidence): string[] {
  const { atLeastMs = 0, withinMs = Infinity } = expected;
  const slowestMs = Math.max(...asked.map(({ tookMs }) => tookMs));
  if (slowestMs >= atLeastMs && slowestMs <= withinMs) return [];
  return [`the slowest caller waited ${Math.round(slowestMs)} ms`];
}

function ofAttempts(expected: FaultExpectation, { asked, pool }: FaultEvidence): string[] {
  const { attemptsEach = Infinity, faultyAttempts = Infinity } = expected;
  const most = Math.max(...asked.map(({ answer }) => answer.attempts ?? 0));
  const onFaulty = pool.targets[0]!.attempts;
  return [
    ...(most > attemptsEach ? [`${most} attempts for one request`] : []),
    ...(onFaulty > faultyAttempts ? [`${onFaulty} attempts on the faulty target`] : []),
  ];
}

function ofTarget(expected: FaultExpectation, { pool, upstreams }: FaultEvidence): string[] {
  const told: string[] = [];
  const { id, failures } = pool.targets[0]!;
  const [least, most] = expected.failures ?? [0, Infinity];
  if (failures < least || failures > most) told.push(`${failures} failures counted`);
  const changes = pool.changes.filter(({ target }) => target === id).map(({ change }) => change);
  if (expected.change !== undefined && !changes.includes(expected.change)) {
    told.push(`told ${changes.join(', ') || 'nothing'}`);
  }
  if (expected.quietMs !== undefined) told.push(...ofQuiet(expected.quietMs, upstreams[0]!));
  return told;
}

/** Clocks of two machines, or of two layers of one, agree to this, in milliseconds. */
const ACCURACY_MS = 30;

function ofQuiet(quietMs: number, { requests }: OpenAIUpstream): string[] {
  const answeredMs = requests[0]?.endedMs;
  const next = requests.find(({ startedMs }) => startedMs > (answeredMs ?? 0) + ACCURACY_MS);
  if (answeredMs === undefined || next === undefined) return ['not tried again'];
  const afterMs = next.startedMs - answeredMs;
  const isRight = afterMs >= quietMs - ACCURACY_MS && afterMs <= quietMs + SOON_MS;
  return isRight ? [] : [`tried again after ${Math.round(afterMs)} ms`];
}

function ofShares({ shares = [] }: FaultExpectation, evidence: FaultEvidence): string[] {
  const { asked, upstreams, beganMs } = evidence;
  return shares.flatMap(({ fromMs, toMs, least = 0, most = 1 }) => {
    const isIn = ({ startedMs }: { readonly startedMs: number }): boolean =>
      startedMs >= beganMs + fromMs && startedMs < beganMs + toMs;
    const share = upstreams[0]!.requests.filter(isIn).length / asked.filter(isIn).length;
    if (share >= least && share <= most) return [];
    return [`share ${(share * 100).toFixed(1)} % from ${fromMs} to ${toMs} ms`];
  });
}

/** What holds whatever the row says. */
function ofRules({ asked, pool }: FaultEvidence): string[] {
  const told: string[] = [];
  if (pool.inFlight !== 0) told.push(`${pool.inFlight} leases are left`);
  const attempts = pool.targets.reduce((sum, target) => sum + target.attempts, 0);
  const most = 1.2 * asked.length + 20;
  if (attempts > most) told.push(`${attempts} attempts for ${asked.length} requests`);
  const served = pool.targets.reduce((sum, target) => sum + target.served, 0);
  const whole = asked.filter(({ answer }) => answer.error === undefined).length;
  if (served !== whole) told.push(`${served} answers counted, ${whole} given`);
  return told;
}
