import { upstreamErrors } from '@plimsoll/testkit';
import OpenAI, { toFile } from 'openai';
import { describe, expect, it } from 'vitest';

import { rigOf, targetIn } from './surface-rig.ts';

const speech = { model: 'chat', voice: 'alloy', input: 'Say it.' };
const sound = Buffer.from(Uint8Array.from({ length: 4000 }, (_, index) => (index * 7) % 256));
const wav = (): Promise<File> => toFile(sound, 'a "quoted" name.wav', { type: 'audio/wav' });

describe('speech', () => {
  it('passes through untouched, with its type', async () => {
    await using it = await rigOf(1);
    const response = await it.client.audio.speech.create(speech);
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    expect(targetIn(response)).toBe('a');
    expect(Buffer.from(await response.arrayBuffer()).equals(sound)).toBe(true);
    expect(it.of('a').requests[0]?.json).toEqual({ ...speech, model: 'gpt-test' });
  });

  it('is heard while it is made', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ fault: 'stall_in_body', faultAfter: 2 });
    const response = await it.client.audio.speech.create(speech);
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    expect(value!.length).toBeGreaterThan(0);
    await reader.cancel();
    await it.of('a').until(() => it.of('a').aborted.length === 1);
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.inFlight).toBe(0);
  });

  it.each([
    ['429', upstreamErrors.rateLimited],
    ['500', upstreamErrors.serverError],
    ['no answer', { fault: 'reset_before_head' }],
    ['no sound', { fault: 'reset_in_body', faultAfter: 0 }],
  ] as const)('is had elsewhere before its first byte: %s', async (_, failing) => {
    await using it = await rigOf(2);
    it.of('a').always(failing);
    for (let turn = 0; turn < 2; turn++) {
      const response = await it.client.audio.speech.create(speech);
      expect(Buffer.from(await response.arrayBuffer()).equals(sound)).toBe(true);
      expect(targetIn(response)).toBe('b');
    }
    expect(it.of('a').requests.length).toBeGreaterThan(0);
  });

  it('that breaks off is no whole body, and has no text in it', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ fault: 'reset_in_body', faultAfter: 2, chunkDelayMs: 5 });
    const response = await it.client.audio.speech.create(speech);
    const got: Buffer[] = [];
    await expect(async () => {
      for await (const chunk of response.body!) got.push(Buffer.from(chunk));
    }).rejects.toThrow();
    const part = Buffer.concat(got);
    expect(part.equals(sound.subarray(0, part.length))).toBe(true);
  });

  it('may come as events', async () => {
    await using it = await rigOf(1);
    const response = await it.client.audio.speech.create({ ...speech, stream_format: 'sse' });
    const text = await response.text();
    expect(text.match(/speech\.audio\.delta/g)!.length).toBeGreaterThan(0);
    expect(text.trimEnd().split('\n\n').at(-1)).toContain('speech.audio.done');
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.outputTokens).toBe(7);
  });

  it('is read no faster than its caller hears it', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ soundBytes: 60_000_000 });
    const response = await it.client.audio.speech.create(speech);
    await it.of('a').until(() => it.of('a').requests[0]!.isBlocked);
    expect(it.of('a').requests[0]!.sentBytes).toBeLessThan(30_000_000);
    await response.body!.cancel();
    await it.of('a').until(() => it.of('a').aborted.length === 1);
  });
});

describe('transcription', () => {
  it('names the target’s model in the form, and leaves all else as it came', async () => {
    await using it = await rigOf(1);
    const { text, usage } = await it.client.audio.transcriptions.create({
      model: 'chat',
      file: await wav(),
      language: 'nb',
      prompt: 'æøå\r\n--x',
    });
    expect([text, usage?.type]).toEqual(['Hello from the upstream.', 'tokens']);
    const [received] = it.of('a').requests;
    expect(received?.form).toMatchObject({
      model: 'gpt-test',
      language: 'nb',
      prompt: 'æøå\r\n--x',
    });
    const type = { 'content-type': String(received?.headers['content-type']) };
    const form = await new Response(received!.body, { headers: type }).formData();
    const file = form.get('file') as File;
    expect(file.type).toBe('audio/wav');
    expect(Buffer.from(await file.arrayBuffer()).equals(sound)).toBe(true);
  });

  it('is text where that is asked for, and a stream where that is', async () => {
    await using it = await rigOf(1);
    const request = { model: 'chat', file: await wav() };
    const plain = await it.client.audio.transcriptions.create({
      ...request,
      response_format: 'text',
    });
    expect(plain as unknown).toBe('Hello from the upstream.\n');
    const stream = await it.client.audio.transcriptions.create({ ...request, stream: true });
    let text = '';
    for await (const event of stream)
      if (event.type === 'transcript.text.delta') text += event.delta;
    expect(text).toBe('Hello from the upstream.');
    const { text: translated } = await it.client.audio.translations.create(request);
    expect(translated).toBe('Hello from the upstream.');
  });

  it('is had elsewhere, with the same bytes', async () => {
    await using it = await rigOf(2);
    it.of('a').always(upstreamErrors.serverError);
    for (let turn = 0; turn < 2; turn++) {
      await it.client.audio.transcriptions.create({ model: 'chat', file: await wav() });
    }
    expect(it.of('a').requests.length).toBeGreaterThan(0);
    const [first, second] = it.of('b').requests;
    expect(first?.form).toEqual(second?.form);
  });

  it('goes to the target that was named, which is told its own model', async () => {
    await using it = await rigOf(2);
    for (let turn = 0; turn < 2; turn++) {
      await it.client.audio.transcriptions.create({ model: 'chat@b', file: await wav() });
    }
    expect(it.of('b').requests.map(({ form }) => form?.['model'])).toEqual([
      'gpt-test',
      'gpt-test',
    ]);
  });

  it('that breaks off ends in an error', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ fault: 'end_in_body', faultAfter: 2 });
    const request = { model: 'chat', file: await wav(), stream: true as const };
    const stream = await it.client.audio.transcriptions.create(request);
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toBeInstanceOf(OpenAI.APIError);
  });

  it.each([
    ['no model', { file: 'x' }, 'missing_model'],
    ['an unknown model', { model: 'nobody', file: 'x' }, 'model_not_found'],
  ])('with %s is refused', async (_, fields, code) => {
    await using it = await rigOf(1);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const refused = await fetch(`${it.gateway.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body: form,
    });
    expect(await refused.json()).toMatchObject({ error: { code } });
    expect(it.of('a').requests).toHaveLength(0);
  });

  it('that is no form is refused, and so is a form where none is taken', async () => {
    await using it = await rigOf(1);
    const post = async (path: string, type: string): Promise<unknown> => {
      const response = await it.gateway.post(path, '--b\r\n', { 'content-type': type });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    const form = 'multipart/form-data; boundary=b';
    expect(await post('/v1/audio/transcriptions', form)).toEqual([400, 'invalid_form']);
    expect(await post('/v1/audio/transcriptions', 'text/plain')).toEqual([
      415,
      'unsupported_media_type',
    ]);
    expect(await post('/v1/chat/completions', form)).toEqual([415, 'unsupported_media_type']);
  });
});

describe('images and moderations', () => {
  it('are made and changed, whole and as they become clearer', async () => {
    await using it = await rigOf(1);
    const image = await toFile(sound, 'dot.png', { type: 'image/png' });
    const { images } = it.client;
    expect((await images.generate({ model: 'chat', prompt: 'a dot', n: 2 })).data).toHaveLength(2);
    expect((await images.edit({ model: 'chat', prompt: 'red', image })).data).toHaveLength(1);
    expect((await images.createVariation({ model: 'chat', image })).data).toHaveLength(1);
    expect(it.of('a').requests.map(({ json, form }) => (json ?? form)?.['model'])).toEqual([
      'gpt-test',
      'gpt-test',
      'gpt-test',
    ]);
    const types: string[] = [];
    const generated = { model: 'chat', prompt: 'a dot', stream: true as const };
    for await (const { type } of await images.generate(generated)) types.push(type);
    const edited = { model: 'chat', prompt: 'red', image, stream: true as const };
    for await (const { type } of await images.edit(edited)) types.push(type);
    expect(types).toEqual([
      'image_generation.partial_image',
      'image_generation.completed',
      'image_edit.partial_image',
      'image_edit.completed',
    ]);
  });

  it('are moderated', async () => {
    await using it = await rigOf(1);
    const { results } = await it.client.moderations.create({ model: 'chat', input: ['a', 'b'] });
    expect(results.map(({ flagged }) => flagged)).toEqual([false, false]);
  });

  it('are not asked of a target again for a while that says 429', async () => {
    await using it = await rigOf(2);
    it.of('a').always({ ...upstreamErrors.rateLimited, headers: { 'retry-after': '60' } });
    for (let turn = 0; turn < 4; turn++) {
      await it.client.images.generate({ model: 'chat', prompt: 'a dot' });
    }
    expect(it.of('a').requests).toHaveLength(1);
    expect(it.of('b').requests).toHaveLength(4);
  });

  it('that a target has no path for are had elsewhere, and it stays in use for all else', async () => {
    await using it = await rigOf(2);
    it.of('a').always(upstreamErrors.unknownPath);
    for (let turn = 0; turn < 2; turn++) {
      await it.client.images.generate({ model: 'chat', prompt: 'a dot' });
    }
    it.of('a').always({});
    const messages = [{ role: 'user' as const, content: 'x' }];
    const answers = [0, 1].map(() =>
      it.client.chat.completions.create({ model: 'chat', messages }).withResponse(),
    );
    const targets = (await Promise.all(answers)).map(({ response }) => targetIn(response));
    expect(targets.sort()).toEqual(['a', 'b']);
  });
});
