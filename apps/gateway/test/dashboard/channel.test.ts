import type { ServerResponse } from 'node:http';

import { expect, it } from 'vitest';

import { Channel } from '../../src/dashboard/channel.ts';
import { Monitors } from '../../src/dashboard/monitors.ts';
import { gatewayOf, targetOf, upstreams } from '../rig.ts';

/** A reader that takes nothing until it is told to. */
class Reader {
  writableLength = 0;
  frames: string[] = [];

  write(text: string): void {
    this.writableLength += text.length;
    this.frames.push(...[...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name!));
  }

  read(): string[] {
    this.writableLength = 0;
    return this.frames.splice(0);
  }
}

it('drops frames for a reader that is too slow, and sends it everything once it has caught up', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  const monitors = new Monitors(gateway.pools, () => {});
  const channel = new Channel(monitors, 'chat', '5m');
  const quick = new Reader();
  const slow = new Reader();
  for (const reader of [quick, slow]) channel.join(reader as unknown as ServerResponse);
  const all = ['history', 'view', 'decisions', 'events'];
  expect(quick.read()).toEqual(all);
  expect(slow.read()).toEqual(all);
  for (let look = 0; look < 2000; look++) {
    channel.send();
    quick.read();
  }
  // What waits is bounded: a quarter of a megabyte and the frames of one look.
  expect(slow.writableLength).toBeGreaterThan(250_000);
  expect(slow.writableLength).toBeLessThan(300_000);
  slow.read();
  channel.send();
  expect(slow.read()).toEqual(all);
  channel.send();
  expect(slow.read()).toEqual(quick.read().slice(-2));
  channel.leave(quick as unknown as ServerResponse);
  expect(channel.isEmpty).toBe(false);
  channel.leave(slow as unknown as ServerResponse);
  expect(channel.isEmpty).toBe(true);
  monitors.close();
});
