import { createHash } from 'node:crypto';

import type { ConfigFile } from '../../define-config.ts';
import type { Notes } from '../difference.ts';
import { durationText } from '../duration-text.ts';
import type { SourceFields } from '../source-fields.ts';
import { environmentOr } from './deployment.ts';

/** What LiteLLM states for all model groups, in the words of the file. */
export interface SharedPolicies {
  readonly retry: NonNullable<ConfigFile['pools'][string]['retry']>;
  readonly breaker: { failures?: number; reset?: string };
}

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
  // Whatever stands in a second place as well does not count there.
  for (const place of places)
    for (const key of [
      'timeout',
      'request_timeout',
      'stream_timeout',
      'num_retries',
      'allowed_fails',
      'cooldown_time',
    ]) {
      if (place.has(key) && place !== first(key))
        place.refuse(key, 'is left out: it is stated in router_settings, too');
      else place.take(key);
    }
  return { retry, breaker };
}

/** The Redis that counts are shared by. */
export function readState(router: SourceFields | undefined, notes: Notes): ConfigFile['state'] {
  if (router === undefined) return undefined;
  const url = router.text('redis_url');
  const host = router.text('redis_host');
  const port = router.text('redis_port');
  const password = router.text('redis_password');
  const read = (text: string, key: string): string | undefined =>
    environmentOr(text, router.at(key), notes);
  if (url !== undefined) {
    const redis = read(url, 'redis_url');
    if (redis === undefined || /^(?:\$\{|rediss?:\/\/.)/.test(redis))
      return redis === undefined ? undefined : { redis };
    notes.add(router.at('redis_url'), 'does not begin with redis:// or rediss://, and is left out');
    return undefined;
  }
  if (host === undefined) return undefined;
  const parts = {
    host: read(host, 'redis_host'),
    port: port === undefined ? undefined : read(port, 'redis_port'),
    password: password === undefined ? undefined : read(password, 'redis_password'),
  };
  if (parts.host === undefined) return undefined;
  if (parts.password?.includes('${') === true) {
    notes.add(
      router.at('redis_password'),
      'is part of an address: what is special in one must be percent-encoded in the variable',
      ['state', 'redis'],
    );
  }
  const user =
    parts.password === undefined
      ? ''
      : `:${parts.password.includes('${') ? parts.password : encodeURIComponent(parts.password)}@`;
  return {
    redis: `redis://${user}${parts.host}${parts.port === undefined ? '' : `:${parts.port}`}`,
  };
}

/** Who may ask, and the admin API's token: in LiteLLM one key is both. */
export function readMasterKey(
  general: SourceFields | undefined,
  notes: Notes,
): Pick<ConfigFile, 'clients' | 'server'> {
  const key = general?.text('master_key');
  if (general === undefined || key === undefined) return {};
  const path = general.at('master_key');
  if (key.startsWith('os.environ/')) {
    const token = environmentOr(key, path, notes);
    if (token === undefined) return {};
    const message =
      'is the token of the admin API; for requests the configuration holds hashes of keys: add a client with ' +
      'keySha256, which printf %s "$KEY" | sha256sum makes, before anything but this machine is served';
    notes.add(path, message, ['server', 'admin']);
    return { server: { admin: { token } } };
  }
  notes.add(
    path,
    'is the key of one client, by its hash; the admin API has a token of its own, made at start',
    ['clients'],
  );
  const keySha256 = createHash('sha256').update(key).digest('hex');
  return { clients: [{ id: 'master-key', keySha256, may: ['pin', 'explain', 'region'] }] };
}

function ordinal(count: number): string {
  const ending =
    count % 100 >= 11 && count % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}
