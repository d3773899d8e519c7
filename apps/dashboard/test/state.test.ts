import type { DecisionRow, MonitorEvent } from '@plimsoll/monitor';
import { describe, expect, test } from 'vitest';
import { sceneOf } from '../dev/scenes.ts';
import { hasFailed, noDecisions, withDecisions, withEvents } from '../src/state/recent.ts';
import { withBucket } from '../src/state/timeline.ts';

function row(
  callId: number,
  kind: DecisionRow['kind'] = 'turn',
  outcome: DecisionRow['outcome'] = null,
): DecisionRow {
  return {
    callId,
    epochMs: callId,
    target: 'a',
    kind,
    reason: '',
    attempts: 1,
    firstContentMs: null,
    tokensIn: null,
    tokensOut: null,
    usd: null,
    outcome,
  };
}

const ids = (rows: readonly DecisionRow[]): number[] => rows.map(({ callId }) => callId);

describe('decisions', () => {
  test('are newest first, and one that changed keeps its place', () => {
    const before = withDecisions(noDecisions, [row(2), row(1)]);
    const after = withDecisions(before, [row(3), row(1, 'turn', 'success')]);
    expect(ids(after.all)).toEqual([3, 2, 1]);
    expect(after.all[2]?.outcome).toBe('success');
  });

  test('that are notable outlive plain turns', () => {
    let recent = withDecisions(noDecisions, [row(1, 'failover')]);
    for (let id = 2; id < 300; id++) recent = withDecisions(recent, [row(id)]);
    expect(recent.all).toHaveLength(100);
    expect(ids(recent.notable)).toEqual([1]);
  });

  test('that failed are those whose caller got nothing', () => {
    expect(hasFailed(row(1, 'refused'))).toBe(true);
    expect(hasFailed(row(1, 'turn', 'failed'))).toBe(true);
    expect(hasFailed(row(1, 'failover', 'success'))).toBe(false);
  });
});

test('an event that comes again is listed once', () => {
  const event = (id: number): MonitorEvent => ({
    id,
    epochMs: id,
    target: null,
    kind: 'config',
    text: '',
  });
  const events = withEvents(withEvents([], [event(2), event(1)]), [event(3), event(2)]);
  expect(events.map(({ id }) => id)).toEqual([3, 2, 1]);
});

describe('the timeline', () => {
  const { history } = sceneOf('healthy', '5m', 1_000_000_000);
  const last = history.buckets.at(-1)!;

  test('has the running bucket once, as it was sent last', () => {
    const grown = { ...last, requests: [9, 9, 9, 9, 9, 9] };
    const { buckets } = withBucket(history, grown);
    expect(buckets).toHaveLength(60);
    expect(buckets.at(-1)).toBe(grown);
  });

  test('lets the oldest bucket go when the next begins', () => {
    const next = { ...last, startEpochMs: last.startEpochMs + 5000 };
    const { buckets } = withBucket(history, next);
    expect(buckets).toHaveLength(60);
    expect(buckets[0]).toBe(history.buckets[1]);
  });
});
