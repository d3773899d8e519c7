import { presets, strategyNames } from '@plimsoll/config';
import { describe, expect, it } from 'vitest';

import { compose } from '../src/compose.ts';

const server = {
  host: '127.0.0.1',
  port: 0,
  maxConnections: 10,
  maxBodyBytes: 1000,
  adminHosts: [],
};
const metrics = { prometheus: false };
const log = { level: 'silent' } as const;
const policies = { health: { breaker: {} }, retry: {}, fairness: { alertPast: 0.1 } };

describe('compose', () => {
  it('knows every strategy that a configuration may name', async () => {
    for (const use of strategyNames) {
      const target = { id: 'a', provider: 'simulated', model: 'm' };
      const pool = {
        name: 'p',
        accepts: ['p'],
        strategy: { use, options: use === 'rules' ? { rules: [] } : {} },
        targets: ['a'],
        ...policies,
      };
      const { errors, pools } = await compose(
        { targets: [target], pools: [pool], server, metrics, log },
        '.',
      );
      expect(errors).toEqual([]);
      expect(pools[0]?.strategy).toBe(use);
    }
  });

  it('knows every provider that a configuration may name', async () => {
    const targets = presets.map(({ name: provider }) => {
      const baseUrl = provider === 'simulated' ? undefined : 'http://127.0.0.1:9/v1';
      return { id: provider, provider, model: 'm', apiKey: 'sk', baseUrl };
    });
    const { errors } = await compose({ targets, pools: [], server, metrics, log }, '.');
    expect(errors).toEqual([]);
  });

  it('says which target a provider refuses, without its key', async () => {
    const target = { id: 'a', provider: 'openai', model: 'm', apiKey: 'sk with spaces' };
    const { errors } = await compose({ targets: [target], pools: [], server, metrics, log }, '.');
    expect(errors).toEqual([
      {
        about: { target: 'a' },
        message: 'openai: `apiKey` must be a string of visible ASCII characters, got "(not shown)"',
      },
    ]);
  });

  it('puts targets of one key into one quota group, unless they state another', async () => {
    const target = { provider: 'openai', model: 'm', apiKey: 'sk-1' };
    const targets = [
      { ...target, id: 'a' },
      { ...target, id: 'b' },
      { ...target, id: 'c', apiKey: 'sk-2' },
      { ...target, id: 'd', quotaGroup: 'org' },
    ];
    const strategy = { use: 'round-robin', options: {} };
    const pool = {
      name: 'p',
      accepts: ['p'],
      strategy,
      targets: ['a', 'b', 'c', 'd'],
      ...policies,
    };
    const { pools } = await compose({ targets, pools: [pool], server, metrics, log }, '.');
    const groups = new Map<string, string>();
    for (let time = 0; time < targets.length; time++) {
      await pools[0]!.balancer.run({}, async ({ id, quotaGroup }) => groups.set(id, quotaGroup));
    }
    expect(Object.fromEntries(groups)).toEqual({ a: 'a', b: 'a', c: 'c', d: 'org' });
  });

  it('gives pools that name one target that one target', async () => {
    const target = { id: 'a', provider: 'simulated', model: 'm', limits: { concurrency: 1 } };
    const pool = (name: string) => ({
      name,
      accepts: [name],
      strategy: { use: 'round-robin', options: {} },
      targets: ['a'],
      ...policies,
    });
    const { pools } = await compose(
      { targets: [target], pools: [pool('p'), pool('q')], server, metrics, log },
      '.',
    );
    const sink = { onHead() {}, onChunk() {}, onEnd() {}, onError() {} };
    const payload = {
      dialect: 'openai',
      path: '/chat/completions',
      json: { model: 'p', messages: [] },
    };
    const call = pools[0]!.balancer.start({ payload }, sink);
    expect(pools[1]!.balancer.explain({}).candidates).toMatchObject([
      { target: 'a', reason: 'concurrency' },
    ]);
    call.abort();
    expect(pools[1]!.balancer.explain({}).candidates).toMatchObject([
      { target: 'a', reason: 'admissible' },
    ]);
  });

  it('places what a strategy inside another refuses', async () => {
    const targets = [{ id: 'a', provider: 'simulated', model: 'm' }];
    const inner = { use: './none.ts', options: {} };
    const strategy = {
      use: 'tiered',
      options: { tiers: { '1': { use: 'cost', options: { within: inner } } } },
    };
    const pool = { name: 'p', accepts: ['p'], strategy, targets: ['a'], ...policies };
    const { errors } = await compose({ targets, pools: [pool], server, metrics, log }, '.');
    expect(errors).toMatchObject([{ about: { strategyOf: 'p', at: ['tiers', '1', 'within'] } }]);
  });

  it('warns of targets whose place geo does not know', async () => {
    const target = { provider: 'simulated', model: 'm' };
    const targets = [
      { ...target, id: 'a', region: 'eu-west-1' },
      { ...target, id: 'b', region: 'attic' },
      { ...target, id: 'c', region: 'cellar' },
      { ...target, id: 'd' },
    ];
    const geo = { use: 'geo', options: { places: { attic: { latitude: 1, longitude: 2 } } } };
    const strategy = { use: 'cost', options: { within: geo } };
    const pool = {
      name: 'p',
      accepts: ['p'],
      strategy,
      targets: ['a', 'b', 'c', 'd'],
      ...policies,
    };
    const { warnings } = await compose({ targets, pools: [pool], server, metrics, log }, '.');
    expect(warnings).toEqual([
      {
        about: { strategyOf: 'p', at: ['within'] },
        message:
          'geo does not know where these targets are, so they come last; name their regions under places: ' +
          'c (cellar), d (no region)',
      },
    ]);
  });
});
