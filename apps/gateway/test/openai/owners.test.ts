import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { upstreamErrors } from '@plimsoll/testkit';
import OpenAI from 'openai';
import { describe, expect, it, vi } from 'vitest';

import { Owners } from '../../src/openai/owners.ts';
import { describeWithRedis, redisServer } from '../redis-server.ts';
import { gatewayOf, targetOf, upstreams } from '../rig.ts';
import { rigOf, targetIn } from './surface-rig.ts';

const first = { model: 'chat', input: 'Say it.' };

describe('what refers to a response', () => {
  it('goes to the target that keeps it, streamed or not, whatever its turn', async () => {
    await using it = await rigOf(3);
    for (let turn = 0; turn < 6; turn++) {
      const begun = await it.client.responses.create(first).withResponse();
      const owner = targetIn(begun.response);
      const whole = await it.client.responses
        .create({ ...first, previous_response_id: begun.data.id })
        .withResponse();
      expect(targetIn(whole.response)).toBe(owner);
      const stream = it.client.responses.stream({ ...first, previous_response_id: whole.data.id });
      const { id } = await stream.finalResponse();
      const last = await it.client.responses
        .create({ ...first, previous_response_id: id })
        .withResponse();
      expect(targetIn(last.response)).toBe(owner);
    }
  });

  it('by an item, or by its conversation, goes there too', async () => {
    await using it = await rigOf(2);
    const begun = await it.client.responses
      .create({ ...first, model: 'chat@b', conversation: 'conv_1' })
      .withResponse();
    expect(targetIn(begun.response)).toBe('b');
    for (let turn = 0; turn < 3; turn++) {
      const talk = await it.client.responses
        .create({ ...first, conversation: { id: 'conv_1' } })
        .withResponse();
      expect(targetIn(talk.response)).toBe('b');
      const input = [{ type: 'item_reference' as const, id: begun.data.output[0]!.id! }];
      const item = await it.client.responses.create({ model: 'chat', input }).withResponse();
      expect(targetIn(item.response)).toBe('b');
    }
  });

  it('is refused with the reason while that target is down, and is sent nowhere else', async () => {
    await using it = await rigOf(2);
    const { id } = await it.client.responses.create({ ...first, model: 'chat@a' });
    it.of('a').always({ ...upstreamErrors.rateLimited, headers: { 'retry-after': '90' } });
    const next = { ...first, previous_response_id: id };
    for (let turn = 0; turn < 3; turn++) {
      await expect(it.client.responses.create(next)).rejects.toMatchObject({
        status: 429,
        code: 'rate_limit_exceeded',
      });
    }
    await it.of('a').close();
    it.of('b').clear();
    await expect(it.client.responses.create(next)).rejects.toBeInstanceOf(OpenAI.APIError);
    expect(it.of('b').requests).toHaveLength(0);
  });

  it('that nobody knows is refused among several targets, and left to an only one', async () => {
    await using several = await rigOf(2);
    const unknown = { ...first, previous_response_id: 'resp_gone' };
    await expect(several.client.responses.create(unknown)).rejects.toMatchObject({
      status: 404,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    });
    await expect(
      several.client.responses.create({ ...first, conversation: 'conv_gone' }),
    ).rejects.toMatchObject({ status: 404, code: 'conversation_not_found' });
    expect(several.list.flatMap(({ requests }) => requests)).toHaveLength(0);
    // The provider's own word, as it is: of the target that was named, and of the only one.
    const word = { status: 400, code: 'previous_response_not_found' };
    const named = several.client.responses.create({ ...unknown, model: 'chat@a' });
    await expect(named).rejects.toMatchObject(word);
    await using one = await rigOf(1);
    await expect(one.client.responses.create(unknown)).rejects.toMatchObject(word);
  });

  it('is not sent to a target that was named and does not keep it', async () => {
    await using it = await rigOf(2);
    const { id } = await it.client.responses.create({ ...first, model: 'chat@a' });
    const next = { model: 'chat@b', input: 'x', previous_response_id: id };
    await expect(it.client.responses.create(next)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('is kept by a, and b was asked for'),
    });
  });

  it('and is not to be kept, is nobody’s', async () => {
    await using it = await rigOf(2);
    const { id } = await it.client.responses.create({ ...first, store: false });
    const next = { ...first, previous_response_id: id };
    await expect(it.client.responses.create(next)).rejects.toMatchObject({ status: 404 });
  });

  it('stays within the pool’s residency', async () => {
    await using list = await upstreams(2);
    const targets = [
      targetOf('a', list[0]!, { region: 'us' }),
      targetOf('b', list[1]!, { region: 'eu' }),
    ];
    await using gateway = await gatewayOf({
      pools: { chat: { targets }, european: { targets: ['a', 'b'], residency: ['eu'] } },
    });
    const { id } = await gateway.client.responses.create({ ...first, model: 'chat@a' });
    const next = { model: 'european', input: 'x', previous_response_id: id };
    await expect(gateway.client.responses.create(next)).rejects.toMatchObject({
      status: 400,
      code: 'no_target',
    });
    expect(list[0]!.requests).toHaveLength(1);
  });
});

describe('a kept response', () => {
  it('is read, listed, cancelled and deleted where it is kept', async () => {
    await using it = await rigOf(3);
    for (const target of ['a', 'b', 'c']) {
      const { responses } = it.client;
      const { id } = await responses.create({
        ...first,
        model: `chat@${target}`,
        background: true,
      });
      const read = await responses.retrieve(id).withResponse();
      expect(targetIn(read.response)).toBe(target);
      expect(read.data.status).toBe('in_progress');
      const listed = await responses.inputItems.list(id, { limit: 5 });
      expect(listed.data).toHaveLength(1);
      expect(it.of(target).requests.at(-1)?.path).toBe(`/v1/responses/${id}/input_items?limit=5`);
      expect((await responses.cancel(id)).status).toBe('cancelled');
      await responses.delete(id);
      const gone = responses.retrieve(id);
      await expect(gone).rejects.toMatchObject({
        status: 404,
        message: expect.stringContaining('not found'),
      });
      // What is gone says nothing of the target.
      expect((await responses.create({ ...first, model: `chat@${target}` })).status).toBe(
        'completed',
      );
    }
  });

  it('can be streamed again, and cancelled while it is streamed', async () => {
    await using it = await rigOf(2);
    const { id } = await it.client.responses.create(first);
    let text = '';
    for await (const event of await it.client.responses.retrieve(id, { stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(text).toBe('Hello from the upstream.');
    for (const upstream of it.list) upstream.always({ fault: 'stall_in_body' });
    const stream = await it.client.responses.create({ ...first, stream: true, background: true });
    for await (const event of stream) {
      if (event.type !== 'response.created') continue;
      for (const upstream of it.list) upstream.always({});
      expect((await it.client.responses.cancel(event.response.id)).status).toBe('cancelled');
      break;
    }
  });

  it('that failed is no failure of asking for it', async () => {
    await using it = await rigOf(1);
    const failed = {
      id: 'resp_x',
      object: 'response',
      status: 'failed',
      output: [],
      error: { code: 'server_error', message: 'x' },
    };
    it.of('a').always({ body: failed });
    expect(await it.client.responses.retrieve('resp_x')).toMatchObject(failed);
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.failures).toBe(0);
  });

  it('that nobody knows is not looked for, and paths are not built of anything', async () => {
    await using it = await rigOf(2);
    await expect(it.client.responses.retrieve('resp_gone')).rejects.toMatchObject({
      status: 404,
      code: 'response_not_found',
    });
    const strange = await fetch(`${it.gateway.url}/v1/responses/..%2fmodels`);
    expect(strange.status).toBe(404);
    const wrong = await fetch(`${it.gateway.url}/v1/responses/resp_1/cancel`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect(it.list.flatMap(({ requests }) => requests)).toHaveLength(0);
  });
});

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');

it('one client’s ids are not known to another, and a pool that is not for it is not either', async () => {
  const clients = ['one', 'two'].map((id) => ({
    id,
    keySha256: sha256(`key-${id}`),
    may: ['pin'],
  }));
  await using it = await rigOf(2, { clients });
  const as = (id: string) => it.client.withOptions({ apiKey: `key-${id}` }).responses;
  const { id } = await as('one').create(first);
  expect((await as('one').retrieve(id)).id).toBe(id);
  await expect(as('two').retrieve(id)).rejects.toMatchObject({ status: 404 });
  await expect(as('two').delete(id)).rejects.toMatchObject({ status: 404 });
  await expect(as('two').create({ ...first, previous_response_id: id })).rejects.toMatchObject({
    status: 404,
    code: 'previous_response_not_found',
  });
  await expect(as('nobody').retrieve(id)).rejects.toMatchObject({ status: 401 });
});

it('owners outlive the gateway in its store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  await using list = await upstreams(2);
  const targets = list.map((upstream, index) => targetOf(['a', 'b'][index]!, upstream));
  const file = { pools: { chat: { targets } }, state: { sqlite: join(folder, 'state.db') } };
  const ids = new Map<string, string>();
  {
    await using gateway = await gatewayOf(file);
    for (let turn = 0; turn < 4; turn++) {
      const { data, response } = await gateway.client.responses.create(first).withResponse();
      ids.set(data.id, targetIn(response));
    }
  }
  {
    await using gateway = await gatewayOf(file);
    for (const [id, target] of ids) {
      const { response } = await gateway.client.responses
        .create({ ...first, previous_response_id: id })
        .withResponse();
      expect(targetIn(response)).toBe(target);
    }
  }
  await rm(folder, { recursive: true });
});

describeWithRedis('gateways that share a Redis', () => {
  it('know what each other’s answers were kept by', async () => {
    await using redis = await redisServer();
    await using list = await upstreams(3);
    const targets = list.map((upstream, index) => targetOf(['a', 'b', 'c'][index]!, upstream));
    const file = { pools: { chat: { targets } }, state: { redis: redis.url } };
    await using one = await gatewayOf(file);
    await using two = await gatewayOf(file);
    for (const target of ['a', 'b', 'c']) {
      const { id } = await one.client.responses.create({ ...first, model: `chat@${target}` });
      await vi.waitFor(
        async () => {
          const { response } = await two.client.responses
            .create({ ...first, previous_response_id: id })
            .withResponse();
          expect(targetIn(response)).toBe(target);
        },
        { timeout: 5000, interval: 50 },
      );
      expect((await two.client.responses.retrieve(id)).id).toBe(id);
    }
  });

  it('say that they cannot tell while it is away, and go on with what they know', async () => {
    await using redis = await redisServer();
    await using list = await upstreams(2);
    const targets = list.map((upstream, index) => targetOf(['a', 'b'][index]!, upstream));
    const file = { pools: { chat: { targets } }, state: { redis: redis.url } };
    await using gateway = await gatewayOf(file);
    const { id } = await gateway.client.responses.create(first);
    await redis.stop();
    const known = { ...first, previous_response_id: id };
    expect((await gateway.client.responses.create(known)).status).toBe('completed');
    const unknown = gateway.client.responses.create({ ...first, previous_response_id: 'resp_x' });
    await expect(unknown).rejects.toMatchObject({ status: 503, code: 'state_unavailable' });
  }, 15_000);
});

describe('Owners', () => {
  const owner = { pool: 'chat', target: 'a' };

  it('asks the store once for what it does not know, and tells it hashes in place of ids', async () => {
    const kept = new Map<string, string>();
    let asked = 0;
    const store = {
      put: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
      get: (key: string) => {
        asked++;
        return Promise.resolve(kept.get(key));
      },
    };
    const one = new Owners();
    one.keepIn(store, () => {});
    one.remember('t', 'resp_secret', owner);
    await new Promise((resolve) => setImmediate(resolve));
    expect([...kept.keys()].join()).toMatch(/^owner:[\w-]{43}$/);
    expect([...kept].join()).not.toContain('secret');

    const other = new Owners();
    other.keepIn(store, () => {});
    expect(await other.find('t', 'resp_secret')).toEqual(owner);
    expect(await other.find('t', 'resp_secret')).toEqual(owner);
    expect(asked).toBe(1);
    expect(await other.find('u', 'resp_secret')).toBeUndefined();
  });

  it('goes on without the store, and says that it cannot be asked', async () => {
    const errors: unknown[] = [];
    const away = (): Promise<never> => Promise.reject(new Error('away'));
    const owners = new Owners();
    owners.keepIn({ put: away, get: away }, (error) => void errors.push(error));
    owners.remember(undefined, 'known', owner);
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors).toHaveLength(1);
    expect(await owners.find(undefined, 'known')).toEqual(owner);
    await expect(owners.find(undefined, 'other')).rejects.toThrow('away');
  });

  it('puts no more on its way to a store than it takes', async () => {
    let puts = 0;
    const owners = new Owners();
    const stuck = (): Promise<never> => new Promise(() => void puts++);
    owners.keepIn({ put: stuck, get: stuck }, () => {});
    for (let id = 0; id < 3000; id++) owners.remember(undefined, String(id), owner);
    await new Promise((resolve) => setImmediate(resolve));
    expect(puts).toBe(1000);
  });

  it('forgets what was not used for longest', async () => {
    const owners = new Owners();
    owners.remember(undefined, 'used', owner);
    owners.remember(undefined, 'unused', owner);
    for (let id = 0; id < 50_000; id++) {
      if (id % 20_000 === 0) expect(await owners.find(undefined, 'used')).toEqual(owner);
      owners.remember(undefined, String(id), owner);
    }
    expect(await owners.find(undefined, 'used')).toEqual(owner);
    expect(await owners.find(undefined, 'unused')).toBeUndefined();
    expect(await owners.find(undefined, '0')).toBeUndefined();
    expect(await owners.find(undefined, '25000')).toEqual(owner);
  });
});
