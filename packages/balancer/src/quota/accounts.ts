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

/** US dollars that a request is expected to cost on `member`; 0 where it has no price. */
export function expectedUsd(member: Member, request: RequestTraits): number {
  const { inputTokens = 0, maxOutputTokens = EXPECTED_TOKENS } = request;
  return costUsd(member.target.price, { inputTokens, outputTokens: maxOutputTokens }) ?? 0;
}
