import { expect, test } from 'vitest';

import { gatewayOf, hello, targetOf, upstreams } from './rig.ts';

test('organization and project of a target are sent with its requests, and not with those of others', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    pools: {
      own: { targets: [targetOf('a', list[0]!, { organization: 'org-1', project: 'proj-1' })] },
      // The same key at the same place, for no organization.
      plain: { targets: [targetOf('b', list[0]!, { apiKey: 'sk-a' })] },
    },
  });
  for (const model of ['own', 'plain']) {
    expect((await gateway.post('/v1/chat/completions', { model, messages: hello })).status).toBe(
      200,
    );
  }
  expect(
    list[0]!.requests.map(({ headers }) => [
      headers['openai-organization'],
      headers['openai-project'],
    ]),
  ).toEqual([
    ['org-1', 'proj-1'],
    [undefined, undefined],
  ]);
});

test('apiVersion of an Azure target names the deployment in the path', async () => {
  await using list = await upstreams(1);
  const { origin } = new URL(list[0]!.url);
  const target = { provider: 'azure', baseUrl: origin, apiVersion: '2024-10-21' };
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!, target)] } },
  });
  await gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });
  expect(list[0]!.requests[0]?.path).toBe(
    '/openai/deployments/gpt-test/chat/completions?api-version=2024-10-21',
  );
});
