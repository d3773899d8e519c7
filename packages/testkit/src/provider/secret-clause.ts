import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import type { ProviderClause } from './clause.ts';
import { credential, finished } from './rig.ts';

export const keepsSecret: ProviderClause = {
  id: 'secret',
  title: 'lets no one see the credential: in heads, chunks, failures, causes or itself',
  async check(subject) {
    for (const scenario of ['answer', 'echo', 'refused', 'reset', 'cut'] as const) {
      for (const request of [subject.plain, subject.stream, subject.unsendable]) {
        await finished(subject, scenario, request, async ({ sink, provider, control }) => {
          for (const [what, value] of Object.entries({ calls: sink.calls, provider, control })) {
            assert.ok(!everythingIn(value).includes(credential), `the credential is in ${what}`);
          }
        });
      }
    }
  },
};

/** All text a log or a caller could make of a value, bytes read as UTF-8. */
function everythingIn(value: unknown): string {
  const texts: string[] = [];
  const seen = new Set<object>();
  const walk = (part: unknown): void => {
    if (part instanceof Uint8Array) texts.push(Buffer.from(part).toString());
    if (typeof part === 'string') texts.push(part);
    if (typeof part !== 'object' || part === null || seen.has(part)) return;
    seen.add(part);
    for (const key of Reflect.ownKeys(part)) {
      texts.push(String(key));
      walk((part as Record<PropertyKey, unknown>)[key]);
    }
  };
  walk(value);
  return `${texts.join('\n')}\n${inspect(value, { depth: Infinity })}`;
}
