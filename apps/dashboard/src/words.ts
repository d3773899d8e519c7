import type { Attention, PoolView, TargetView, Verdict } from '@plimsoll/monitor';
import { conditionOf, conditionTitles, untilOf } from './condition.ts';
import { count, countdown, inWords, percent, span, times, wholePercent } from './format.ts';

/** A sentence, with what is to stand out of it. */
export type Words = readonly (string | { readonly strong: string })[];

/** The headline: whether callers are served, and by how many targets. */
export function headline({ id, verdict }: PoolView): string {
  const { served, usable, total } = verdict;
  const all = total === 2 ? 'both' : `all ${count(total)}`;
  const of = usable === total ? all : `${count(usable)} of ${count(total)}`;
  const by = total === 1 ? 'its one target' : `${of} targets`;
  switch (served) {
    case 'idle':
      return usable === 0 ? `No target can serve ${id}` : 'Ready for the first request';
    case 'all':
      return `All requests served, by ${by}`;
    case 'some':
      return `Some requests failed; ${total === 1 ? 'its one target serves' : `${of} targets serve`}`;
    case 'none':
      return `No target can serve ${id}`;
  }
}

/** What proves or explains the headline, one sentence each. */
export function proof(pool: PoolView): Words[] {
  const { verdict } = pool;
  if (verdict.served === 'none' || verdict.usable === 0)
    return [waitingWords(verdict), cause(verdict)].filter(isSaid);
  if (verdict.served === 'idle') return [idleWords(pool)];
  return [spread(pool), carried(verdict), room(pool), queue(verdict), cause(verdict)].filter(
    isSaid,
  );
}

function isSaid(words: Words): boolean {
  return words.length > 0;
}

function waitingWords({ waiting, maxWaitMs, refusedPerMinute }: Verdict): Words {
  const wait = `${waiting === 1 ? 'request waits' : 'requests wait'} for up to ${span(maxWaitMs)}`;
  const refused = 'refused in the last minute';
  if (waiting > 0 && refusedPerMinute > 0) {
    const were = refusedPerMinute === 1 ? 'was' : 'were';
    return [
      bold(count(waiting)),
      ` ${wait}; `,
      bold(count(refusedPerMinute)),
      ` ${were} ${refused}.`,
    ];
  }
  if (waiting > 0) return [bold(count(waiting)), ` ${wait}.`];
  if (refusedPerMinute > 0)
    return [
      bold(count(refusedPerMinute)),
      ` ${refusedPerMinute === 1 ? 'request was' : 'requests were'} ${refused}.`,
    ];
  return ['No request came in the last minute.'];
}

function idleWords({ verdict, targets }: PoolView): Words {
  const { usable, total } = verdict;
  const ready =
    usable === total
      ? total === 1
        ? 'Its target is'
        : `${total === 2 ? 'Both' : `All ${count(total)}`} targets are`
      : `${count(usable)} of ${count(total)} targets ${usable === 1 ? 'is' : 'are'}`;
  const lines = targets.some(({ expectedShare }) => expectedShare !== null)
    ? ' The load lines show how traffic will be spread.'
    : ' The strategy promises no shares: it decides request by request.';
  return [`${ready} in service.${lines}`];
}

function spread({ verdict, targets }: PoolView): Words {
  const { maxGapPoints, offLine, total } = verdict;
  if (maxGapPoints === null)
    return ['The strategy promises no shares: it decides request by request.'];
  const [first] = offLine;
  if (first === undefined) {
    return ['Spread as expected: the largest gap is ', bold(points(maxGapPoints)), '.'];
  }
  const target = targets.find(({ id }) => id === first);
  const ratio = (target?.actualShare ?? 0) / (target?.expectedShare || 1);
  const rest = total - offLine.length;
  const others = offLine.length - 1;
  return [
    rest > 0 ? `Spread as expected on ${targetCount(rest)}. ` : '',
    bold(first),
    ` takes ${times(ratio)} its expected share`,
    others > 0
      ? `, and ${targetCount(others)} more ${others === 1 ? 'is' : 'are'} off the line.`
      : '.',
  ];
}

function carried({ loadFactor, usable, total }: Verdict): Words {
  const out = total - usable;
  if (out === 0 || usable === 0 || loadFactor < 1.05) return [];
  const who = usable === 1 ? 'The one carries' : `The ${inWords(usable)} carry`;
  const are = out === 1 ? 'is' : 'are';
  const their = usable === 1 ? 'its' : 'their';
  return [`${who} `, bold(times(loadFactor)), ` ${their} weight while ${inWords(out)} ${are} out.`];
}

/** Of many targets the table is long; so the head-room is told here as well. */
function room({ figures, verdict }: PoolView): Words {
  const { timesNow } = figures.headroom;
  if (verdict.offLine.length === 0 || timesNow === null) return [];
  return [bold(times(timesNow)), ' head-room is left.'];
}

function queue({ waiting, oldestWaitMs, refusedPerMinute }: Verdict): Words {
  if (waiting === 0 && refusedPerMinute === 0) return [];
  if (waiting === 0) return [bold(count(refusedPerMinute)), ' refused in the last minute.'];
  const since = oldestWaitMs === null ? '' : `, the oldest for ${span(oldestWaitMs)}`;
  return [bold(count(waiting)), ` ${waiting === 1 ? 'waits' : 'wait'} for quota${since}.`];
}

function cause({ cause: text }: Verdict): Words {
  return text === null ? [] : [text.endsWith('.') ? text : `${text}.`];
}

function bold(strong: string): { strong: string } {
  return { strong };
}

function targetCount(value: number): string {
  return `${count(value)} ${value === 1 ? 'target' : 'targets'}`;
}

function points(value: number): string {
  const text = value.toFixed(1);
  return `${Number(text)} ${text === '1.0' ? 'point' : 'points'}`;
}

/** A line of the list of what wants attention: `Cooling down: 429, tokens per minute used up`. */
export function attentionWords({ kind, reason }: Attention): string {
  if (kind === 'off_line') return reason;
  return reason === '' ? conditionTitles[kind] : `${conditionTitles[kind]}: ${reason}`;
}

/** What a hull shows, for those who hear it. */
export function hullSentence(target: TargetView, nowMs: number): string {
  const { id, actualShare, expectedShare, quotas } = target;
  const until = untilOf(target);
  const share = actualShare === null ? 'No traffic yet' : `${percent(actualShare)} of requests`;
  const expected =
    expectedShare === null ? 'no share promised' : `expected ${percent(expectedShare)}`;
  const quota =
    quotas[0] === undefined
      ? ''
      : ` ${wholePercent(quotas[0].leftRatio)} of ${quotas[0].dimension} left.`;
  const end =
    until === undefined ? '' : ` ${sentenceCase(until.label)} ${countdown(until.epochMs - nowMs)}.`;
  return `${id}: ${conditionTitles[conditionOf(target)]}. ${share}, ${expected}.${quota}${end}`;
}

/** The title of the tab. */
export function pageTitle(pool: PoolView): string {
  const { usable, total, served } = pool.verdict;
  if (usable === 0) return `✕ ${pool.id} is down · Plimsoll`;
  if (served === 'idle') return `${pool.id} · Plimsoll`;
  return `${pool.id} ${usable}/${total} · Plimsoll`;
}

/** A sentence in which names stand out. */
export function withNames(sentence: string, names: ReadonlySet<string>): Words {
  return sentence.split(/([\s,;:.!?()]+)/).map((word) => (names.has(word) ? bold(word) : word));
}

export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
