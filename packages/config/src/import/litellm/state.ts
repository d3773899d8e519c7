import type { ConfigFile } from '../../define-config.ts';
import type { Notes } from '../difference.ts';
import type { SourceFields } from '../source-fields.ts';
import { environmentOr } from './deployment-access.ts';

/** The Redis that counts are shared by. */
export function readState(router: SourceFields | undefined, notes: Notes): ConfigFile['state'] {
  if (router === undefined) return undefined;
  const url = router.text('redis_url');
  const host = router.text('redis_host');
  const port = router.text('redis_port');
  const password = router.text('redis_password');
  const read = (text: string, key: string): string | undefined =>
    environmentOr(text, router.at(key), notes);
  if (url !== undefined || host === undefined) {
    const message =
      url === undefined
        ? 'is left out: there is no redis_host'
        : 'is left out: redis_url is stated';
    for (const key of ['redis_host', 'redis_port', 'redis_password']) router.refuse(key, message);
  }
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
