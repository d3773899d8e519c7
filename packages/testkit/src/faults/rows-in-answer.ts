import type { UpstreamAnswer, UpstreamFault } from '../openai-upstream/answer.ts';
import { upstreamErrors } from '../openai-upstream/errors.ts';
import type { FaultRow } from './row.ts';

const breaks: readonly (readonly [name: string, fault: UpstreamFault])[] = [
  ['stream reset in the middle', 'reset_in_body'],
  ['stream closed in the middle', 'close_in_body'],
  ['stream ended in the middle', 'end_in_body'],
  ['stream stalls in the middle', 'stall_in_body'],
  ['stream says an error in the middle', 'error_event'],
  ['stream without a finish_reason', 'no_finish'],
  ['malformed event with content', 'malformed_event'],
];

/** A few: each answer that breaks off costs a retry of the pool's budget. */
const few = { requests: 20, atOnce: 20 } as const;
const idle = { idleMs: 2000, firstContentMs: 3000 } as const;

const continuing: UpstreamAnswer = { beginning: 'continued' };

/** What an upstream does in the middle of an answer. */
export const rowsInAnswer: readonly FaultRow[] = [
  ...breaks.flatMap(([name, fault]): FaultRow[] => {
    const row = { fault: { always: { fault, faultAfter: 5 } }, traffic: few };
    const whole = { outcome: 'ok', withinMs: 3000, failures: [1, 20] } as const;
    const broken = { outcome: 'broken', withinMs: 3000 } as const;
    return [
      {
        ...row,
        name: `${name}, continued`,
        options: { ...idle, rescue: 'continue' },
        others: continuing,
        otherTargets: { preset: 'vllm' },
        withAnother: whole,
        alone: broken,
      },
      {
        ...row,
        name: `${name}, begun anew`,
        options: { ...idle, rescue: 'continue' },
        withAnother: whole,
      },
      {
        ...row,
        name: `${name}, held back`,
        options: { ...idle, rescue: { holdBack: 1000 } },
        withAnother: whole,
      },
      {
        ...row,
        name: `${name}, no rescue`,
        options: idle,
        withAnother: broken,
        alone: broken,
      },
    ];
  }),
  {
    name: 'rescuing target refuses the given text, and says the same',
    fault: { always: { fault: 'reset_in_body', faultAfter: 5 } },
    options: { rescue: 'continue' },
    others: { beginning: 'refused' },
    otherTargets: { preset: 'vllm' },
    traffic: few,
    withAnother: { outcome: 'ok' },
  },
  {
    name: 'rescuing target refuses the given text, and says something else',
    fault: { always: { fault: 'reset_in_body', faultAfter: 5 } },
    options: { rescue: 'continue' },
    // Its own requests get this answer too: so it is asked for rescues alone.
    others: { beginning: 'refused', text: 'The quick brown dog.' },
    otherTargets: { preset: 'vllm' },
    traffic: { requests: 1, atOnce: 1 },
    withAnother: {
      outcome: 'broken',
      says: 'the answer broke off on faulty',
      neverSays: 'given message',
    },
  },
  {
    name: 'noise between events',
    fault: { always: { fault: 'noise_event' } },
    withAnother: { outcome: 'ok', withinMs: 500, failures: [0, 0] },
    alone: { outcome: 'ok', withinMs: 500, failures: [0, 0] },
  },
  {
    name: 'complete stream, but no end marker',
    fault: { always: { fault: 'no_done' } },
    withAnother: { outcome: 'ok', withinMs: 500, failures: [0, 0] },
    alone: { outcome: 'ok', withinMs: 500, failures: [0, 0] },
  },
  {
    name: 'error event before the first content',
    fault: { always: { ...upstreamErrors.serverError, fault: 'error_event', faultAfter: 0 } },
    withAnother: { outcome: 'ok', withinMs: 500, failures: [1, 20] },
    alone: { outcome: 'error', kind: 'server', status: [502, 503] },
  },
  ...(
    [
      ['before the answer', { fault: 'hang_before_head' }],
      ['in the middle', { chunkDelayMs: 1000 }],
    ] as const
  ).map(([when, answer]): FaultRow => ({
    name: `well, but the caller leaves ${when}`,
    fault: { always: answer },
    others: answer,
    leaveAfterMs: 1500,
    withAnother: { outcome: 'left', failures: [0, 0] },
    alone: { outcome: 'left', failures: [0, 0] },
  })),
  {
    name: 'body cut in the middle',
    fault: { always: { fault: 'reset_in_body' } },
    isStream: false,
    traffic: few,
    withAnother: { outcome: 'ok', withinMs: 500, failures: [1, 20] },
    alone: { outcome: 'error', status: [502, 503] },
  },
];
