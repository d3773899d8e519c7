import { upstreamErrors } from '../openai-upstream/errors.ts';
import type { FaultRow } from './row.ts';

/** What an upstream does for a time, and what it attracts by it. */
export const rowsOverTime: readonly FaultRow[] = [
  {
    name: 'fails fast, 20 ms, among healthy targets',
    fault: { always: { ...upstreamErrors.serverError, headDelayMs: 20 } },
    others: { contentDelayMs: 200 },
    otherCount: 2,
    traffic: { perSecond: 50, forMs: 20_000 },
    withAnother: { outcome: 'ok', shares: [{ fromMs: 1000, toMs: 20_000, most: 0.01 }] },
  },
  ...(
    [
      // Times that nobody measures any more move to those of the others within minutes.
      ['latency', { perSecond: 20, forMs: 250_000 }],
      // Nothing is remembered.
      ['least-busy', { perSecond: 10, forMs: 160_000 }],
    ] as const
  ).map(([strategy, traffic]): FaultRow => ({
    name: `slow by 10x for two minutes, under ${strategy}`,
    fault: { always: { contentDelayMs: 2000 }, fromMs: 10_000, untilMs: 130_000 },
    others: { contentDelayMs: 200 },
    otherCount: 2,
    strategy,
    traffic,
    withAnother: {
      outcome: 'ok',
      shares: [
        { fromMs: 5000, toMs: 10_000, least: 0.2 },
        { fromMs: 15_000, toMs: 130_000, most: 0.15 },
        { fromMs: traffic.forMs - 20_000, toMs: traffic.forMs, least: 0.2 },
      ],
    },
  })),
  {
    name: 'hangs with TCP open, under least-busy',
    fault: { always: { fault: 'hang_before_head' } },
    others: { contentDelayMs: 200 },
    otherCount: 2,
    strategy: 'least-busy',
    options: { firstContentMs: 3000 },
    traffic: { perSecond: 20, forMs: 30_000 },
    withAnother: {
      outcome: 'ok',
      withinMs: 3800,
      shares: [{ fromMs: 5000, toMs: 30_000, most: 0.02 }],
    },
  },
  {
    name: 'down for 60 s, then back',
    fault: { place: 'refused', fromMs: 5000, untilMs: 65_000 },
    options: { breakerResetMs: 20_000 },
    traffic: { perSecond: 20, forMs: 130_000 },
    withAnother: {
      outcome: 'ok',
      // Five open the breaker, and one request tries it out at 20, 40 and 60 s: what it gets then are its share.
      failures: [5, 10],
      shares: [
        { fromMs: 65_000, toMs: 85_000, most: 0.5 },
        { fromMs: 120_000, toMs: 130_000, least: 0.4, most: 0.6 },
      ],
    },
  },
  {
    name: 'all targets down, 1,000 requests',
    fault: { place: 'refused' },
    traffic: { requests: 1000, atOnce: 20 },
    alone: { outcome: 'error', status: [502, 503], withinMs: 1000 },
  },
  ...(['0', '-1'] as const).map((remaining): FaultRow => ({
    name: `200 that says remaining ${remaining}`,
    fault: {
      always: {
        headers: {
          'x-ratelimit-limit-requests': '10000',
          'x-ratelimit-remaining-requests': remaining,
          'x-ratelimit-reset-requests': '60s',
        },
      },
    },
    traffic: { perSecond: 25, forMs: 4000 },
    withAnother: {
      outcome: 'ok',
      withinMs: 500,
      shares: [{ fromMs: 0, toMs: 4000, least: 0.45, most: 0.55 }],
    },
    alone: { outcome: 'ok', withinMs: 500 },
  })),
];
