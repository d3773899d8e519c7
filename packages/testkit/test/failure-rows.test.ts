import { describe, expect, it } from 'vitest';

import { anthropicFailures } from '../src/failures/anthropic.ts';
import { bedrockFailures } from '../src/failures/bedrock.ts';
import { googleFailures } from '../src/failures/google.ts';

describe.each([
  ['Anthropic', anthropicFailures],
  ['Bedrock', bedrockFailures],
  ['Google', googleFailures],
])('failures of %s', (_, rows) => {
  it('have names of their own', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it.each(rows)('can be acted on: $name', ({ status, body, expected }) => {
    const { kind, verdict, scope, needs, retryAfterMs, isHealthFailure } = expected;
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(JSON.stringify(body))).toEqual(body);
    expect(scope !== undefined).toBe(verdict === 'cooldown');
    expect(needs !== undefined).toBe(verdict === 'conditional');
    if (retryAfterMs !== undefined) expect(verdict).toBe('cooldown');
    // Only what the target did or did not do may open its breaker.
    const blames = ['server', 'overload', 'timeout', 'network', 'stream'];
    expect(isHealthFailure).toBe(blames.includes(kind));
  });
});
