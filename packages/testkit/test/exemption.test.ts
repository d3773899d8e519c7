import type { RequestTraits, View } from '@plimsoll/core';
import { expect, test } from 'vitest';

import { badExemptions } from '../src/exemption.ts';
import { strategyContract } from '../src/index.ts';
import { strategyClauses } from '../src/strategy/clauses.ts';
import { definitionOf, ReferenceStrategy } from './reference-strategy.ts';

test('an exemption that names no clause is bad', () => {
  expect(badExemptions([{ clause: 'shares', reason: 'None.' }], strategyClauses)).toEqual([
    expect.stringMatching(/^no clause "shares"; clauses are admitted, .*, allocation$/),
  ]);
});

test('an exemption without a reason is bad', () => {
  expect(badExemptions([{ clause: 'share', reason: ' ' }], strategyClauses)).toEqual([
    'the exemption from "share" gives no reason',
  ]);
});

test('an exemption from a clause, with a reason, is good', () => {
  const reason = 'It picks the last target only on Sundays.';
  expect(badExemptions([{ clause: 'reach', reason }], strategyClauses)).toEqual([]);
});

strategyContract({
  name: 'a strategy that keeps a list per pick, exempt from one clause',
  create: () => definitionOf(() => new Listing()),
  exempt: [{ clause: 'allocation', reason: 'It keeps a list per pick, to show an exemption.' }],
});

class Listing extends ReferenceStrategy {
  last: number[] = [];
  override pick(view: View, request: RequestTraits, nowMs: number): number {
    this.last = [nowMs];
    return super.pick(view, request, nowMs);
  }
}
