import { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Rig, rigOf } from './surface-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await rigOf(1);
});
afterAll(() => rig[Symbol.asyncDispose]());

describe('what is not served says so', () => {
  it('to the SDK, as an error it does not repeat', async () => {
    const { client } = rig;
    const patient = client.withOptions({ maxRetries: 3 });
    const error = { status: 404, code: 'unsupported_endpoint' };
    await expect(patient.files.list()).rejects.toMatchObject(error);
    const file = await toFile(Buffer.alloc(100_000), 'f');
    await expect(patient.files.create({ file, purpose: 'batch' })).rejects.toMatchObject(error);
    await expect(patient.batches.retrieve('batch_1')).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining('/v1/chat/completions'),
    });
    await expect(patient.vectorStores.list()).rejects.toMatchObject(error);
    await expect(patient.fineTuning.jobs.list()).rejects.toMatchObject(error);
    await expect(patient.conversations.create({})).rejects.toMatchObject(error);
    await expect(patient.containers.list()).rejects.toMatchObject(error);
    await expect(patient.videos.list()).rejects.toMatchObject(error);
  });

  it.each([
    '/v1/uploads',
    '/v1/assistants',
    '/v1/threads/t/runs',
    '/v1/realtime',
    '/v1/realtime/sessions',
    '/v1/chat/completions/chatcmpl-1',
  ])('%s', async (path) => {
    const response = await rig.gateway.post(path, {});
    expect(await response.json()).toMatchObject({ error: { code: 'unsupported_endpoint' } });
  });

  it.each(['/v1/messages', '/v1/messages/count_tokens', '/v1/messages/batches'])(
    'to clients of Anthropic’s API: %s',
    async (path) => {
      const response = await rig.gateway.post(path, {});
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        type: 'error',
        error: { type: 'not_found_error', message: expect.stringContaining('does not speak') },
        request_id: response.headers.get('x-plimsoll-request-id'),
      });
    },
  );

  it.each([
    '/v1beta/models/gemini-3:generateContent',
    '/v1beta/models/gemini-3:streamGenerateContent?alt=sse',
    '/v1/models/gemini-3:generateContent',
  ])('to clients of Gemini’s API: %s', async (path) => {
    const response = await rig.gateway.post(path, {});
    expect(await response.json()).toEqual({
      error: { code: 404, status: 'NOT_FOUND', message: expect.stringContaining('does not speak') },
    });
  });

  it('and an unknown path is an unknown path', async () => {
    const response = await fetch(`${rig.gateway.url}/v1/nonsense`);
    expect(await response.json()).toMatchObject({ error: { code: 'unknown_path' } });
  });
});

it('describes one model', async () => {
  const { client } = rig;
  expect(await client.models.retrieve('chat@a')).toMatchObject({
    id: 'chat@a',
    owned_by: 'openai',
  });
  await expect(client.models.retrieve('some/model')).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
  });
  const strange = await fetch(`${rig.gateway.url}/v1/models/%E0%A4%A`);
  expect(strange.status).toBe(404);
});
