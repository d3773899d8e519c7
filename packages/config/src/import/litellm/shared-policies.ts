import type { ConfigFile } from '../../define-config.ts';
import type { Notes } from '../difference.ts';
import { durationText } from '../duration-text.ts';
import type { SourceFields } from '../source-fields.ts';

/** What LiteLLM states for all model groups, in the words of the file. */
export interface SharedPolicies {
  readonly retry: NonNullable<ConfigFile['pools'][string]['retry']>;
  readonly breaker: { failures?: number; reset?: string };
}

const keys = [
  'timeout',
  'request_timeout',
  'stream_timeout',
  'num_retries',
  'allowed_fails',
  'cooldown_time',
] as const;

const isSeconds = 'a number of seconds above 0';

/** @param places - where a setting may stand, the first that has it counting. */
export function readSharedPolicies(places: readonly SourceFields[], notes: Notes): SharedPolicies {
  const first = (key: string): SourceFields | undefined => places.find((place) => place.has(key));
  const seconds = (key: string): number | undefined =>
    first(key)?.number(key, Number.MIN_VALUE, isSeconds);

  const retry: Record<string, string | number> = {};
  const total = seconds('timeout') ?? seconds('request_timeout');
  if (total !== undefined) {
    retry['total'] = durationText(total * 1000);
    const key = first('timeout') === undefined ? 'request_timeout' : 'timeout';
    notes.add(
      first(key)!.at(key),
      'bounds a whole request, all its attempts included, not each of them',
    );
  }
  const firstContent = seconds('stream_timeout');
  if (firstContent !== undefined) {
    retry['firstContent'] = durationText(firstContent * 1000);
    // No single attempt may have more than all of them together.
    if (firstContent > 60) retry['deadline'] = durationText(firstContent * 1000);
  }
  const retries = first('num_retries')?.number('num_retries', 0, 'a number >= 0');
  if (retries === 0) retry['budget'] = 0;
  if (retries !== undefined) {
    const message =
      retries === 0
        ? 'is a budget of 0: but for a reserve of 20 attempts, what fails is not tried again'
        : 'is not counted for each request: a budget of 0.2 retries per request bounds them, and each target is tried once ' +
          'before one is tried again';
    notes.add(first('num_retries')!.at('num_retries'), message);
  }

  const breaker: { failures?: number; reset?: string } = {};
  const allowed = first('allowed_fails')?.number('allowed_fails', 0, 'a number >= 0');
  if (allowed !== undefined) {
    breaker.failures = Math.floor(allowed) + 1;
    notes.add(
      first('allowed_fails')!.at('allowed_fails'),
      `is failures in a row, not in a minute: the ${ordinal(breaker.failures)} leaves a target out`,
    );
  }
  const reset = seconds('cooldown_time');
  if (reset !== undefined) {
    breaker.reset = durationText(reset * 1000);
    notes.add(
      first('cooldown_time')!.at('cooldown_time'),
      'is how long a target is left out the first time; each further time doubles it, and a request tries it out before it returns',
    );
  }
  for (const key of keys) {
    for (const place of places) {
      const isRead = place === first(key) && !(key === 'request_timeout' && first('timeout'));
      if (isRead) place.take(key);
      else place.refuse(key, 'is left out: another setting that means the same comes before it');
    }
  }
  return { retry, breaker };
}

function ordinal(count: number): string {
  const ending =
    count % 100 >= 11 && count % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}
