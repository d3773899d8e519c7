// The configuration as a program: what repeats is written once, and an editor completes keys and values by their types.
import { defineConfig } from '@plimsoll/config';

const regions = ['us-east', 'eu-west', 'ap-south'];

export default defineConfig({
  targets: regions.map((region, index) => ({
    id: `m-${region}`,
    provider: 'simulated', // openai, with apiKey: process.env['OPENAI_API_KEY']
    model: 'm',
    region,
    tier: index,
    limits: { rpm: 500 },
  })),
  pools: {
    chat: {
      strategy: { use: 'tiered', within: 'least-busy' },
      targets: regions.map((region) => `m-${region}`),
      retry: { deadline: '30s' },
    },
  },
});
