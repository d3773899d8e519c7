import { providerContract } from '@plimsoll/testkit';
import { openai } from '../src/index.ts';

providerContract({
  create: ({ url, credential }) => openai({ baseUrl: url, apiKey: credential }),
});

providerContract({
  name: 'azure',
  create: ({ url, credential }) =>
    openai({ preset: 'azure', baseUrl: url, apiKey: credential, organization: 'org' }),
});
