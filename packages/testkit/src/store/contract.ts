import type { SharedStore, Store } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import { badExemptions, type Exemption } from '../exemption.ts';
import { sharedStoreClauses, storeClauses } from './clauses.ts';
import type { StoreSubject } from './rig.ts';

/** What `storeContract` is to check. */
export interface StoreContractOptions<Kind extends Store = Store> {
  /**
   * Opens a store on `place`: a file, a prefix of keys. Stores on one place, at once or one after the other, share what
   * they keep; those on two share nothing. Places are told apart by names such as `place-7`. Called often; the suite
   * closes what it opened.
   */
  readonly open: (place: string) => Kind | Promise<Kind>;
  /** The time as the store reads it, in milliseconds since the Unix epoch. @defaultValue the system's */
  readonly epochMs?: () => number;
  /** Lets at least `ms` milliseconds (at most 60) pass for the store. @defaultValue waits for them */
  readonly elapse?: (ms: number) => void | Promise<void>;
  /** Tells several sets of options of one store apart in the report. @defaultValue `default` */
  readonly name?: string;
  /** Clauses that this store need not keep. An exemption from a clause that it does keep fails. */
  readonly exempt?: readonly Exemption[];
}

/** What `sharedStoreContract` is to check. */
export type SharedStoreContractOptions = StoreContractOptions<SharedStore>;

/**
 * Registers the tests, clause by clause, that every store must pass; call it in a test file of vitest. The clauses are
 * those of `Store` in core, spelled out.
 */
export function storeContract(options: StoreContractOptions): void {
  register('store contract', options, storeClauses);
}

/** As `storeContract`, with the clauses of `SharedStore` besides. */
export function sharedStoreContract(options: SharedStoreContractOptions): void {
  register('shared store contract', options, [...storeClauses, ...sharedStoreClauses]);
}

interface Clause<Kind extends Store> {
  readonly id: string;
  readonly title: string;
  readonly check: (subject: StoreSubject<Kind>) => Promise<void>;
}

function register<Kind extends Store>(
  contract: string,
  options: StoreContractOptions<Kind>,
  clauses: readonly Clause<Kind>[],
): void {
  const { exempt = [] } = options;
  const subject = storeSubject(options);
  describe(`${contract}: ${options.name ?? 'default'}`, () => {
    test('every exemption names a clause and gives a reason', () => {
      expect(badExemptions(exempt, clauses)).toEqual([]);
    });
    for (const { id, title, check } of clauses) {
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
export function storeSubject<Kind extends Store>(
  options: StoreContractOptions<Kind>,
): StoreSubject<Kind> {
  return {
    open: options.open,
    epochMs: options.epochMs ?? Date.now,
    elapse: options.elapse ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    // Never waited for by a store that keeps the clauses, however busy the machine is.
    patienceMs: 10_000,
  };
}
