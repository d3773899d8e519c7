import { upstreamErrors } from '../openai-upstream/errors.ts';
import type { FaultRow } from './row.ts';

const { badRequest, tooLong, contentFilter, invalidKey } = upstreamErrors;

/** What is wrong with the request, or with the key that it was sent with. */
export const rowsOfRequest: readonly FaultRow[] = [
  {
    name: '400 bad request',
    fault: { always: badRequest },
    others: badRequest,
    withAnother: {
      outcome: 'error',
      status: [400],
      kind: 'bad_request',
      says: 'Invalid value for `temperature`.',
      attemptsEach: 1,
    },
    alone: { outcome: 'error', status: [400], kind: 'bad_request', attemptsEach: 1 },
  },
  {
    name: '400 context too long, another has a larger window',
    fault: { always: tooLong },
    faultyTarget: { contextWindow: 8192 },
    otherTargets: { contextWindow: 100_000 },
    withAnother: { outcome: 'ok', attemptsEach: 2 },
  },
  {
    name: '400 context too long',
    fault: { always: tooLong },
    others: tooLong,
    faultyTarget: { contextWindow: 8192 },
    otherTargets: { contextWindow: 8192 },
    withAnother: { outcome: 'error', status: [400], kind: 'too_long', attemptsEach: 1 },
    alone: { outcome: 'error', status: [400], kind: 'too_long', attemptsEach: 1 },
  },
  {
    name: '400 content filter',
    fault: { always: contentFilter },
    others: contentFilter,
    withAnother: { outcome: 'error', status: [400], kind: 'policy', attemptsEach: 1 },
    alone: { outcome: 'error', status: [400], kind: 'policy', attemptsEach: 1 },
  },
  {
    name: '400 content filter, another provider may be asked',
    fault: { always: contentFilter },
    options: { policyFailover: true },
    otherTargets: { preset: 'groq' },
    withAnother: { outcome: 'ok', attemptsEach: 2 },
  },
  ...([401, 403] as const).map((status): FaultRow => ({
    name: `${status} key`,
    fault: { always: { ...invalidKey, status } },
    otherCount: 2,
    traffic: { perSecond: 25, forMs: 4000 },
    withAnother: { outcome: 'ok', withinMs: 500, faultyAttempts: 1, change: 'cooling' },
  })),
  {
    name: '401 of all keys',
    fault: { always: invalidKey },
    others: invalidKey,
    withAnother: { outcome: 'error', status: [502], code: 'upstream_auth_failed' },
    alone: { outcome: 'error', status: [502], code: 'upstream_auth_failed' },
  },
];
