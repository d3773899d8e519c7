import type { RequestTraits, StrategyDefinition, Target } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import { badExemptions, type Exemption } from '../exemption.ts';
import { strategyClauses } from './clauses.ts';
import type { StrategySubject } from './rig.ts';

/** What `strategyContract` is to check. */
export interface StrategyContractOptions {
  /** Makes a definition, as a user's configuration would. Called often. */
  readonly create: () => StrategyDefinition;
  /** Tells several sets of options of one strategy apart in the report. @defaultValue the definition's name */
  readonly name?: string;
  /**
   * The traits of the n-th request, from 0; must depend on nothing else.
   * @defaultValue a hash key of its own for every request
   */
  readonly traits?: (pick: number) => RequestTraits;
  /** What the n-th member of a pool has besides its weight: a tier, a price. @defaultValue nothing */
  readonly target?: (index: number) => Partial<Target>;
  /** Clauses that this strategy need not keep. An exemption from a clause that it does keep fails. */
  readonly exempt?: readonly Exemption[];
}

/**
 * Registers the tests, clause by clause, that every strategy must pass; call it in a test file of vitest. The clauses
 * are those of `Strategy` in core, spelled out.
 */
export function strategyContract(options: StrategyContractOptions): void {
  const { create, exempt = [] } = options;
  const subject = strategySubject(options);
  describe(`strategy contract: ${options.name ?? create().name}`, () => {
    test('every exemption names a clause and gives a reason', () => {
      expect(badExemptions(exempt, strategyClauses)).toEqual([]);
    });
    for (const { id, title, check } of strategyClauses) {
      const exemption = exempt.find(({ clause }) => clause === id);
      if (exemption === undefined) {
        test(`[${id}] ${title}`, () => check(subject));
      } else {
        test.fails(`[${id}] exempt: ${exemption.reason}`, () => check(subject));
      }
    }
  });
}

/** The subject of the clauses, with defaults filled in. */
export function strategySubject(options: StrategyContractOptions): StrategySubject {
  return {
    create: options.create,
    traits: options.traits ?? ((pick) => ({ hashKey: `user-${pick}` })),
    target: options.target ?? (() => ({})),
  };
}
