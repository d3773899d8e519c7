import { pickBench, turns } from '@plimsoll/testkit';

import { geo, type GeoOptions } from '../src/index.ts';

const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-1', 'us-west-2', 'sa-east-1'];

function bench(name: string, region: string | undefined, options?: Partial<GeoOptions>): void {
  pickBench({
    name: `geo, five regions, ${name}`,
    create: () => geo({ within: turns(), ...options }),
    target: (index) => ({ region: regions[index % regions.length] }),
    traits: () => ({ region }),
  });
}

bench('users of one region', 'eu-central-1');
bench('users of no region', undefined);
bench('by latency', undefined, { nearest: 'latency' });
