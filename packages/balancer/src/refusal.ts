import type { ErrorCode, Failure } from '@plimsoll/core';

import { inWords } from './failure-facts.ts';
import type { Reason } from './decision.ts';
import type { HotState } from './hot-state.ts';
import type { Member } from './member.ts';
import type { PickView } from './view.ts';

/** Why a request was refused without an attempt. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  /** When it might be served, where that is known. */
  readonly retryAtMs?: number | undefined;
  /** What keeps all targets from being used, where it is one failure. */
  readonly failure?: Failure | undefined;
}

/** Why none of `members` is admissible for the request that `view` is open for. */
export function refusal(
  pool: string,
  members: readonly Member[],
  view: PickView,
  hot: HotState,
  nowMs: number,
): Refusal {
  const reasons = members.map(({ slot }) => view.reason(slot));
  const names = members.length === 0 ? 'it has no targets' : list(members, reasons);
  const waits = members.map((member, index) => freeAtMs(member, reasons[index]!, view, hot, nowMs));
  const earliestMs = Math.min(...waits);
  const retryAtMs = earliestMs === Infinity ? undefined : Math.max(nowMs, earliestMs);
  const isThrottled = members.some(
    ({ slot }, index) => reasons[index] === 'cooling' && hot.isThrottled[slot] === 1,
  );
  const quota = reasons.findIndex((reason) => reason === 'quota' || reason === 'budget');
  const isFull = reasons.includes('concurrency') || isThrottled;
  if (isFull || (quota !== -1 && retryAtMs !== undefined)) {
    const message = `all targets of ${pool} are at their limit (${names})`;
    return { code: 'ERR_PLIMSOLL_CAPACITY', message, retryAtMs };
  }
  if (quota !== -1) {
    const cause = view.oversize(members[quota]!.slot) ?? names;
    const message = `no target of ${pool} can serve this request: ${cause}`;
    return { code: 'ERR_PLIMSOLL_NO_TARGET', message, retryAtMs };
  }
  if (retryAtMs !== undefined) {
    const message = `no target of ${pool} is usable now (${names})`;
    const cooling = reasons.includes('unhealthy') ? -1 : reasons.indexOf('cooling');
    const failure = cooling === -1 ? undefined : members[cooling]!.cooledBy;
    return { code: 'ERR_PLIMSOLL_UNAVAILABLE', message, retryAtMs, failure };
  }
  const message = `no target of ${pool} can serve this request (${names})`;
  return { code: 'ERR_PLIMSOLL_NO_TARGET', message };
}

function list(members: readonly Member[], reasons: readonly Reason[]): string {
  return members
    .map(({ target, cooledBy }, index) => {
      const cause = reasons[index] === 'cooling' ? cooledBy : undefined;
      return `${target.id}: ${reasons[index]}${cause === undefined ? '' : `, ${inWords(cause)}`}`;
    })
    .join(', ');
}

function freeAtMs(
  { slot, health }: Member,
  reason: Reason,
  view: PickView,
  hot: HotState,
  nowMs: number,
): number {
  if (reason === 'unhealthy') return health.retryAtMs(slot, nowMs);
  if (reason === 'cooling') return hot.coolUntilMs[slot]!;
  return view.freeAtMs(slot);
}
