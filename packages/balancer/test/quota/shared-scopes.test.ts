import { expect, it } from 'vitest';

import { bookOf } from './book.ts';

/** Sends what is admitted of one request each `stepMs` for a time; how many that were. */
function sendFor(
  { book, clock }: ReturnType<typeof bookOf>,
  ms: number,
  stepMs = 10,
  tokens = 0,
): number {
  let sent = 0;
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    if (book.admits(0, tokens, 0, clock.now())) {
      book.reserve(0, tokens, 0, clock.now());
      sent++;
    }
    clock.advance(stepMs);
  }
  return sent;
}

it('claims what one request is of the limit that allows the fewest, and what is used of that', () => {
  const { book, clock } = bookOf([{ id: 'a', limits: { rpm: 10, tpm: 100_000 } }]);
  book.reserve(0, 500, 0, clock.now());
  book.want(0, 2);
  const [claim] = book.shared.takeClaims(clock.now());
  expect(claim).toEqual({ key: expect.any(String), demand: 3, unit: 0.1, used: 0.1 });
  expect(book.shared.takeClaims(clock.now())[0]!.demand).toBe(0);
});

it('claims nothing of what is limited by the day, or not at all', () => {
  const { book, clock } = bookOf([{ limits: { rpd: 10 } }, {}]);
  expect(book.shared.takeClaims(clock.now())).toEqual([]);
});

it('claims a part large enough for a request that its share was too small for', () => {
  const made = bookOf([{ id: 'a', limits: { tpm: 1000 } }]);
  const { book, clock } = made;
  const [{ key: limit } = { key: '' }] = book.shared.takeClaims(clock.now());
  book.shared.setShare(limit, 0.1, clock.now());
  expect(book.admits(0, 400, 0, clock.now())).toBe(false);
  expect(book.retryAtMs(0, 400, 0, clock.now())).toBe(clock.now() + 200);
  expect(book.shared.takeClaims(clock.now())[0]!.unit).toBe(0.4);
  book.shared.setShare(limit, 0.4, clock.now());
  expect(book.admits(0, 400, 0, clock.now())).toBe(true);
});

it('uses of a window what its share was on average over it', () => {
  const made = bookOf([{ id: 'a', limits: { rps: 200 } }]);
  const { book, clock } = made;
  const [{ key: limit } = { key: '' }] = book.shared.takeClaims(clock.now());
  const renew = (share: number): number => {
    book.shared.setShare(limit, share, clock.now());
    return sendFor(made, 100, 5);
  };
  const rates = [0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4].map(renew);
  expect(rates.reduce((sum, sent) => sum + sent, 0)).toBeGreaterThan(76);
  // Half of it goes to another process: what was sent before does not stop what may be sent now.
  expect(renew(0.2)).toBeGreaterThan(2);
  expect(renew(0.2)).toBeGreaterThan(2);
  // Another one has used what comes back, for most of a second.
  for (let count = 0; count < 20; count++) renew(0.2);
  const later = [1, 1, 1].map(renew);
  expect(later[0]).toBeLessThan(20);
});

it('without a share nothing is admitted, and what is sent all the same is paid for in time', () => {
  const made = bookOf([{ id: 'a', limits: { rpm: 60 } }]);
  const { book, clock } = made;
  const [{ key: limit } = { key: '' }] = book.shared.takeClaims(clock.now());
  book.shared.setShare(limit, 0, clock.now());
  expect(book.admits(0, 0, 0, clock.now())).toBe(false);
  book.reserve(0, 0, 0, clock.now());
  book.shared.setShare(limit, 1, clock.now());
  clock.advance(61_000);
  expect(book.admits(0, 0, 0, clock.now())).toBe(true);
});

it('a tenth of five requests a minute is one in two minutes', () => {
  const made = bookOf([{ id: 'a', limits: { rpm: 5 } }]);
  const { book, clock } = made;
  const [{ key: limit } = { key: '' }] = book.shared.takeClaims(clock.now());
  let sent = 0;
  for (let tick = 0; tick < 10 * 600; tick++) {
    book.shared.setShare(limit, 0.1, clock.now());
    sent += sendFor(made, 100, 100);
  }
  expect(sent).toBe(5);
});
