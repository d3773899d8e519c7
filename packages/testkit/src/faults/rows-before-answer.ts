import { upstreamErrors } from '../openai-upstream/errors.ts';
import type { FaultRow } from './row.ts';

const { rateLimited, quotaExhausted, serverError, overloaded } = upstreamErrors;

/** More than ten requests in half a second: what is free again is tried again at once. */
const steady = { perSecond: 25, forMs: 10_000 } as const;
const burst = { requests: 20, atOnce: 20 } as const;

const noBalance = {
  status: 402,
  error: {
    message: 'Insufficient Balance',
    type: 'unknown_error',
    code: 'invalid_request_error',
  },
};

/** What an upstream does in place of an answer. */
export const rowsBeforeAnswer: readonly FaultRow[] = [
  ...(
    [
      ['seconds', 8000, 'seconds'],
      ['a fraction of seconds', 1500, 'seconds'],
      ['milliseconds', 1500, 'milliseconds'],
      ['a date', 8000, 'date'],
    ] as const
  ).flatMap(([words, ms, form]): FaultRow[] => [
    {
      name: `429 once, Retry-After in ${words}`,
      fault: { next: [rateLimited], wait: { ms, form } },
      traffic: steady,
      withAnother: { outcome: 'ok', withinMs: 500, quietMs: ms, failures: [1, 1] },
    },
    {
      name: `429 once, Retry-After in ${words}, waited for`,
      fault: { next: [rateLimited], wait: { ms, form } },
      traffic: burst,
      alone: { outcome: 'ok', atLeastMs: ms - 30, withinMs: ms + 500, faultyAttempts: 21 },
    },
  ]),
  {
    name: '429, Retry-After past the deadline',
    fault: { always: rateLimited, wait: { ms: 10_000, form: 'milliseconds' } },
    options: { deadlineMs: 5000 },
    traffic: burst,
    alone: {
      outcome: 'error',
      status: [429],
      code: 'rate_limit_exceeded',
      kind: 'throttle',
      withinMs: 500,
      retryAfterMs: [9000, 10_000],
      attemptsEach: 1,
    },
  },
  {
    name: '429 for good',
    fault: { always: rateLimited, wait: { ms: 2000, form: 'seconds' } },
    traffic: { perSecond: 25, forMs: 10_000 },
    // One at the start, then one each time the wait is over.
    withAnother: { outcome: 'ok', withinMs: 500, faultyAttempts: 6, quietMs: 2000 },
  },
  {
    name: '429 for good, to the deadline',
    fault: { always: rateLimited, wait: { ms: 2000, form: 'seconds' } },
    options: { deadlineMs: 5000 },
    traffic: burst,
    alone: { outcome: 'error', status: [429], kind: 'throttle', withinMs: 5100 },
  },
  ...([quotaExhausted, noBalance] as const).map((answer): FaultRow => ({
    name: `${answer.status} quota or credit exhausted`,
    fault: { always: answer },
    traffic: { perSecond: 25, forMs: 4000 },
    withAnother: { outcome: 'ok', withinMs: 500, faultyAttempts: 1, change: 'cooling' },
    alone: { outcome: 'error', kind: 'money', attemptsEach: 1, change: 'cooling' },
  })),
  {
    name: '500 once',
    fault: { next: [serverError] },
    withAnother: { outcome: 'ok', withinMs: 500, failures: [1, 1] },
    alone: { outcome: 'ok', withinMs: 500, failures: [1, 1], attemptsEach: 2 },
  },
  ...([500, 502, 504] as const).map((status): FaultRow => ({
    name: `${status} for good`,
    fault: { always: { ...serverError, status } },
    traffic: burst,
    withAnother: { outcome: 'ok', withinMs: 500, failures: [1, 20] },
    alone: {
      outcome: 'error',
      status: [502, 503],
      kind: 'server',
      says: 'The server had an error.',
      attemptsEach: 2,
      withinMs: 500,
    },
  })),
  ...([503, 529] as const).map((status): FaultRow => ({
    name: `${status} for good`,
    fault: { always: { ...overloaded, status } },
    traffic: burst,
    withAnother: { outcome: 'ok', withinMs: 500, change: 'cooling' },
    alone: {
      outcome: 'error',
      status: [503],
      kind: 'overload',
      says: 'The server is overloaded.',
      attemptsEach: 2,
      withinMs: 500,
    },
  })),
  ...(
    [
      ['refuses the connection', { place: 'refused' }],
      ['resets the connection', { always: { fault: 'reset_before_head' } }],
      ['closes the connection', { always: { fault: 'close_before_head' } }],
      ['speaks no TLS', { place: 'no_tls' }],
    ] as const
  ).map(([name, fault]): FaultRow => ({
    name,
    fault,
    traffic: burst,
    withAnother: { outcome: 'ok', withinMs: 1000, failures: [1, 20] },
    // 502 to those who tried, and 503 once its breaker is open.
    alone: { outcome: 'error', status: [502, 503], kind: 'network', withinMs: 1000 },
  })),
  {
    name: 'accepts and says nothing',
    fault: { always: { fault: 'hang_before_head' } },
    options: { firstContentMs: 3000, deadlineMs: 20_000 },
    withAnother: { outcome: 'ok', atLeastMs: 2900, withinMs: 3500, failures: [1, 20] },
  },
  {
    name: 'accepts and says nothing, to the deadline',
    fault: { always: { fault: 'hang_before_head' } },
    options: { firstContentMs: 30_000, deadlineMs: 5000 },
    traffic: burst,
    alone: {
      outcome: 'error',
      status: [504],
      kind: 'timeout',
      atLeastMs: 4900,
      withinMs: 5200,
    },
  },
  {
    name: 'accepts and says nothing, hedged',
    fault: { always: { fault: 'hang_before_head' } },
    options: { firstContentMs: 3000, hedgeAfterMs: 500 },
    withAnother: { outcome: 'ok', atLeastMs: 450, withinMs: 1000 },
  },
  {
    name: 'first content after 20 s',
    fault: { always: { contentDelayMs: 20_000 } },
    options: { firstContentMs: 3000, deadlineMs: 20_000 },
    withAnother: { outcome: 'ok', atLeastMs: 2900, withinMs: 3500, failures: [1, 20] },
  },
  {
    name: 'first content after 20 s, to the deadline',
    fault: { always: { contentDelayMs: 20_000 } },
    options: { deadlineMs: 10_000 },
    traffic: burst,
    alone: { outcome: 'error', status: [504], atLeastMs: 9900, withinMs: 10_200 },
  },
];
