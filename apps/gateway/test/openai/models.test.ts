import { openAIUpstream } from '@plimsoll/testkit';
import { expect, it } from 'vitest';

import { gatewayOf, targetOf } from '../rig.ts';

it('models are those that targets state, and where any name is handed on those of the provider', async () => {
  await using upstream = openAIUpstream({ models: ['gpt-5', 'gpt-5-mini', 'whisper'] });
  await upstream.listen();
  await using down = openAIUpstream();
  await down.listen();
  await down.close();
  await using gateway = await gatewayOf({
    pools: {
      'gpt-*': { targets: [targetOf('any', upstream, { model: '*' })] },
      'claude-*': { targets: [targetOf('stated', upstream, { model: 'claude-5' })] },
      'o*': { targets: [targetOf('down', down, { model: '*' })] },
      chat: { targets: ['stated', 'any'] },
    },
  });
  const { data } = await gateway.client.models.list();
  expect(data.map(({ id, owned_by }) => `${id} by ${owned_by}`)).toEqual([
    'gpt-5 by test',
    'gpt-5-mini by test',
    'claude-5 by openai',
    'chat by plimsoll',
    'chat@stated by openai',
  ]);
  expect(gateway.logged.at(-1)).toMatchObject({
    msg: 'its models could not be listed',
    pool: 'o*',
    code: 'ERR_PLIMSOLL_FAILED',
  });
});
