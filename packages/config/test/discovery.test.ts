import { configFromEnvironment } from '@plimsoll/config';
import { describe, expect, it } from 'vitest';

describe('configFromEnvironment', () => {
  it('makes one target for each different key, in the order of their numbers', () => {
    const { config, variables } = configFromEnvironment({
      OPENAI_API_KEY_10: 'sk-10',
      OPENAI_API_KEY_2: 'sk-2',
      OPENAI_API_KEY: 'sk-0',
      OPENAI_API_KEY_1: 'sk-0',
      OPENAI_API_KEY_FILE: 'sk-no',
      OPENAI_API_KEY_3: '',
    });
    expect(variables).toEqual(['OPENAI_API_KEY', 'OPENAI_API_KEY_2', 'OPENAI_API_KEY_10']);
    expect(config.targets).toEqual([
      { id: 'openai-1', provider: 'openai', model: '*', apiKey: 'sk-0' },
      { id: 'openai-2', provider: 'openai', model: '*', apiKey: 'sk-2' },
      { id: 'openai-3', provider: 'openai', model: '*', apiKey: 'sk-10' },
    ]);
    expect(config.pools).toMatchObject([
      { name: 'default', accepts: ['*'], targets: ['openai-1', 'openai-2', 'openai-3'] },
    ]);
  });

  it('gives the first provider every name and the others the names of their models', () => {
    const { config } = configFromEnvironment({ DEEPSEEK_API_KEY: 'd', OPENAI_API_KEY: 'o' });
    expect(config.pools).toMatchObject([
      { name: 'default', accepts: ['*'], targets: ['openai'] },
      { name: 'deepseek', accepts: ['deepseek-*'], targets: ['deepseek'] },
    ]);
  });

  it('simulates a fleet of weights 3:2:1 when there is no key', () => {
    const { config, variables } = configFromEnvironment({ PATH: '/bin' });
    expect(variables).toEqual([]);
    expect(config.targets.map(({ id, provider, weight }) => [id, provider, weight])).toEqual([
      ['fast', 'simulated', 3],
      ['steady', 'simulated', 2],
      ['slow', 'simulated', 1],
    ]);
    expect(config.pools).toMatchObject([
      {
        name: 'default',
        accepts: ['*'],
        strategy: { use: 'weighted-round-robin' },
        targets: ['fast', 'steady', 'slow'],
      },
    ]);
  });
});
