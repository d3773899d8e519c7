import assert from 'node:assert/strict';

import type { PeriodUse, SharedStore, Store } from '@plimsoll/core';

/** What a clause is checked against. */
export interface StoreSubject<Kind extends Store = Store> {
  /** Opens a store on `place`. */
  open(place: string): Kind | Promise<Kind>;
  /** The time as the store reads it, in milliseconds since the Unix epoch. */
  epochMs(): number;
  /** Lets at least `ms` milliseconds pass for the store. */
  elapse(ms: number): void | Promise<void>;
  /** Milliseconds after which something that should have come is given up. */
  readonly patienceMs: number;
}

/** What a clause of shared stores is checked against. */
export type SharedStoreSubject = StoreSubject<SharedStore>;

let places = 0;

/** Hands `check` a way to open stores on a place that nobody used before, and closes all of them in the end. */
export async function withStores<Kind extends Store>(
  subject: StoreSubject<Kind>,
  check: (open: () => Promise<Kind>) => Promise<void>,
): Promise<void> {
  const place = `place-${places++}`;
  const opened: Kind[] = [];
  try {
    await check(async () => {
      const store = await subject.open(place);
      opened.push(store);
      return store;
    });
  } finally {
    await Promise.all(opened.map((store) => store.close()));
  }
}

const DAY_MS = 24 * 3_600_000;

/** The day, in UTC, that is `days` after the present one. */
export function dayOf(subject: StoreSubject, days = 0): string {
  return new Date(subject.epochMs() + days * DAY_MS).toISOString().slice(0, 10);
}

/** A use in the present day. */
export function useOf(subject: StoreSubject, key: string, used: number): PeriodUse {
  return { key, period: dayOf(subject), used };
}

/** The total of `key` in the present day, as a load gives it; 0 where it gives none. */
export async function totalOf(subject: StoreSubject, store: Store, key: string): Promise<number> {
  const found = await store.load(subject.epochMs());
  return found.find((use) => use.key === key && use.period === dayOf(subject))?.used ?? 0;
}

/** Checks that `call` gives a promise that rejects, and does not throw. */
export async function assertRejects(what: string, call: () => Promise<unknown>): Promise<void> {
  let promise: Promise<unknown>;
  try {
    promise = call();
  } catch (error) {
    assert.fail(`${what} throws at once: ${error}`);
  }
  await assert.rejects(promise, `${what} does not reject`);
}

/** Waits until `condition` holds; rejects in words when the patience is over. */
export async function soon(
  subject: StoreSubject,
  condition: () => boolean,
  failure: () => string,
): Promise<void> {
  const endsAtMs = performance.now() + subject.patienceMs;
  while (!condition()) {
    assert.ok(performance.now() < endsAtMs, failure());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
