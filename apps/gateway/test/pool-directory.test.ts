import type { Stats } from '@plimsoll/balancer';
import { describe, expect, it } from 'vitest';

import { PoolDirectory, type ServedPool } from '../src/pool-directory.ts';

function pool(name: string, accepts: readonly string[], ...ids: string[]): ServedPool {
  const stats = { targets: ids.map((id) => ({ id })) } as unknown as Stats;
  const balancer = { stats: () => stats } as ServedPool['balancer'];
  return { name, accepts, strategy: 'round-robin', targets: [], balancer };
}

const directory = new PoolDirectory([
  pool('default', ['*'], 'd'),
  pool('gpt', ['gpt-*', 'o?.*'], 'a', 'b'),
  pool('gpt-5', ['gpt-5'], 'c'),
  pool('minis', ['gpt-*-mini'], 'm'),
  pool('odd@name', ['odd@name'], 'c'),
]);

function found(model: string): string | undefined {
  const destination = directory.find(model);
  return destination && `${destination.pool.name} ${destination.model} ${destination.pin ?? '-'}`;
}

describe('a model’s name finds', () => {
  it.each([
    ['gpt-5', 'gpt-5 gpt-5 -'],
    ['gpt-4', 'gpt gpt-4 -'],
    ['gpt-4-mini', 'minis gpt-4-mini -'],
    ['anything/at:all', 'default anything/at:all -'],
    ['o?.1', 'gpt o?.1 -'],
    ['o11', 'default o11 -'],
    ['gpt-5@c', 'gpt-5 gpt-5 c'],
    ['gpt-4@b', 'gpt gpt-4 b'],
    ['odd@name', 'odd@name odd@name -'],
    ['odd@name@c', 'odd@name odd@name c'],
    // What follows the @ is no target of that pool, so it belongs to the name.
    ['claude@2026', 'default claude@2026 -'],
  ])('%s: %s', (model, expected) => {
    expect(found(model)).toBe(expected);
  });

  it('nothing where nothing fits', () => {
    const strict = new PoolDirectory([pool('chat', ['chat'], 'a')]);
    expect(strict.find('chat@b')).toBeUndefined();
    expect(strict.find('cha')).toBeUndefined();
    expect(strict.describe()).toBe('chat; chat@a asks for one target');
  });
});
