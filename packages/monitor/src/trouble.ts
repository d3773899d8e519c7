import type { RecentFailure, TargetWatch } from './target-watch.ts';

/** Failures further apart from those that opened a breaker have another story, in milliseconds. */
const STORY_MS = 60_000;

/** Why the target is left alone, or was last, in words: `429, tokens per minute used up`, `5 × 502 in 8 s`. */
export function troubleWords({ trouble, recent }: TargetWatch): string {
  if (trouble === undefined) return '';
  return trouble.words ?? failuresInWords(failuresBefore(recent, trouble.sinceMs));
}

/** The failures of the same story as those at `untilMs`. */
export function failuresBefore(
  recent: readonly RecentFailure[],
  untilMs: number,
): readonly RecentFailure[] {
  return recent.filter(({ atMs }) => atMs <= untilMs && atMs > untilMs - STORY_MS);
}

function failuresInWords(failures: readonly RecentFailure[]): string {
  if (failures.length === 0) return 'probes failed';
  const counts = new Map<string, number>();
  for (const { label } of failures) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [label, count] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
  const spanMs = failures.at(-1)!.atMs - failures[0]!.atMs;
  return `${count} × ${label}${count === 1 ? '' : ` in ${Math.max(1, Math.round(spanMs / 1000))} s`}`;
}
