import type { RequestTraits, Spending } from '@plimsoll/core';

import { costUsd } from '../cost.ts';
import type { Member } from '../member.ts';

const NONE: readonly Spending[] = [];

/** Tokens an answer is expected to have where the request states no most. */
const EXPECTED_TOKENS = 500;

/** The accounts that a request on `member` is charged to. */
export function accountsOf(
  member: Member,
  request: RequestTraits,
  pool: Spending | undefined,
): readonly Spending[] {
  const { budget } = member;
  const { spending = NONE } = request;
  if (budget === undefined && pool === undefined) return spending;
  const accounts = [...spending];
  if (pool !== undefined) accounts.push(pool);
  if (budget !== undefined) accounts.push(budget);
  return accounts;
}

/** Whether all accounts that a request on `member` is charged to have `usd` left. Allocates nothing. */
export function canPay(
  member: Member,
  request: RequestTraits,
  pool: Spending | undefined,
  usd: number,
  nowMs: number,
): boolean {
  if (pool?.admits(usd, nowMs) === false) return false;
  if (member.budget?.admits(usd, nowMs) === false) return false;
  const { spending = NONE } = request;
  for (let index = 0; index < spending.length; index++) {
    if (!spending[index]!.admits(usd, nowMs)) return false;
  }
  return true;
}

/**
 * US dollars that a request is expected to cost on `member`; 0 where it has no price. Amounts that cannot be count as the
 * usual: a negative one would make room in a budget for others, and an endless one would spoil every sum after it.
 */
export function expectedUsd(member: Member, request: RequestTraits): number {
  const { price } = member.target;
  if (price === undefined) return 0;
  const { inputTokens = 0, maxOutputTokens } = request;
  const usage = {
    inputTokens: isAmount(inputTokens) ? inputTokens : 0,
    outputTokens: isAmount(maxOutputTokens) ? maxOutputTokens : EXPECTED_TOKENS,
  };
  return costUsd(price, usage) ?? 0;
}

function isAmount(tokens: number | undefined): tokens is number {
  return tokens !== undefined && tokens >= 0 && tokens < Infinity;
}
