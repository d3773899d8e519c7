import { describe, expect, test } from 'vitest';
import { identities, providerIdentities } from '../src/identity.ts';

function named(...ids: string[]): { id: string; provider: string }[] {
  return ids.map((id) => ({ id, provider: id.split('-')[0]! }));
}

function colors(...ids: string[]): (string | undefined)[] {
  const found = identities(named(...ids));
  return ids.map((id) => found.get(id)?.color);
}

describe('identities', () => {
  test('hue and shape are the provider’s, lightness and ring the target’s', () => {
    const found = identities(named('a-1', 'a-2', 'b-1'));
    expect(found.get('a-1')).toEqual({
      shape: 'circle',
      hue: 1,
      isRing: false,
      color: 'var(--id-1a)',
    });
    expect(found.get('a-2')).toEqual({
      shape: 'circle',
      hue: 1,
      isRing: true,
      color: 'var(--id-1b)',
    });
    expect(found.get('b-1')).toEqual({
      shape: 'square',
      hue: 2,
      isRing: false,
      color: 'var(--id-2a)',
    });
  });

  test('a third target of a provider takes a hue that no provider has', () => {
    expect(colors('a-1', 'a-2', 'a-3', 'a-4', 'b-1')).toEqual([
      'var(--id-1a)',
      'var(--id-1b)',
      'var(--id-3a)',
      'var(--id-3b)',
      'var(--id-2a)',
    ]);
  });

  test('adding a target changes no other', () => {
    const before = identities(named('a-1', 'b-1', 'c-1'));
    const after = identities(named('a-1', 'a-2', 'a-3', 'b-1', 'c-1'));
    for (const [id, identity] of before) expect(after.get(id)).toEqual(identity);
  });

  test('a fifth provider has the first hue and a shape of its own', () => {
    const found = providerIdentities(named('a-1', 'b-1', 'c-1', 'd-1', 'e-1'));
    expect(found.get('e')).toEqual({
      shape: 'pentagon',
      hue: 1,
      isRing: false,
      color: 'var(--id-1a)',
    });
  });

  test('without a hue to spare a provider’s own is used again', () => {
    expect(colors('a-1', 'a-2', 'b-1', 'c-1', 'd-1', 'a-3')).toEqual([
      'var(--id-1a)',
      'var(--id-1b)',
      'var(--id-2a)',
      'var(--id-3a)',
      'var(--id-4a)',
      'var(--id-1a)',
    ]);
  });
});
