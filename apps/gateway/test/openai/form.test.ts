import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Form, readForm } from '../../src/openai/form.ts';

const type = 'multipart/form-data; boundary=b';

/** A form of these parts: headers, an empty line, content. */
const formOf = (...parts: readonly string[]): Buffer =>
  Buffer.from(`${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`);
const field = (name: string, value: string): string =>
  `content-disposition: form-data; name="${name}"\r\n\r\n${value}`;

function modelIn(body: Buffer, { wire: { modelStart, modelEnd } }: Form): string {
  return body.toString('utf8', modelStart, modelEnd);
}

describe('a form', () => {
  it('gives its texts, and the place of its model', () => {
    const body = formOf(
      field('prompt', 'one\r\ntwo'),
      'Content-Type: text/plain\r\nContent-Disposition: form-data; name=model\r\n\r\nchat',
      'content-disposition: form-data; name="file"; filename="model"\r\n\r\n\0\r\n--',
      field('stream', 'true'),
      field('__proto__', 'x'),
    );
    const form = readForm(body, type) as Form;
    expect(form.json).toEqual({
      prompt: 'one\r\ntwo',
      model: 'chat',
      stream: true,
      ['__proto__']: 'x',
    });
    expect(modelIn(body, form)).toBe('chat');
    expect(form.wire.contentType).toBe(type);
  });

  it('may have a preamble, spaces behind its boundaries, and a quoted one', () => {
    const body = Buffer.from(`for people\r\n--a b \r\n${field('model', 'm')}\r\n--a b--`);
    const form = readForm(body, 'multipart/form-data; charset=x; boundary="a b"') as Form;
    expect(modelIn(body, form)).toBe('m');
  });

  it('may have a model of no letters', () => {
    const body = formOf(field('model', ''));
    const form = readForm(body, type) as Form;
    expect(form.json).toEqual({ model: '' });
    expect(modelIn(body, form)).toBe('');
  });

  it.each([
    ['no boundary', formOf(field('model', 'm')), 'multipart/form-data', 'states no boundary'],
    [
      'another boundary',
      formOf(field('model', 'm')),
      'multipart/form-data; boundary=c',
      'does not come',
    ],
    ['nothing', Buffer.alloc(0), type, 'does not come'],
    ['two models', formOf(field('model', 'm'), field('model', 'n')), type, 'twice'],
    ['no end', Buffer.from(`--b\r\n${field('model', 'm')}\r\n`), type, 'ends in the middle'],
    ['no name', formOf('content-type: text/plain\r\n\r\nx'), type, 'no name'],
    ['no headers', formOf('x'), type, 'no headers that end'],
    ['headers without end', formOf(field('m'.repeat(5000), 'x')), type, 'no headers that end'],
    ['a boundary that goes on', Buffer.from('--bc\r\n\r\n\r\n--b--'), type, 'goes on'],
    ['too many parts', formOf(...Array(300).fill(field('x', 'y'))), type, 'more than 256 parts'],
  ])('with %s is refused', (_, body, contentType, reason) => {
    expect(readForm(body, contentType)).toContain(reason);
  });

  it('is read as other readers do, whatever is in it', async () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/).filter((one) => one !== 'stream');
    const text = fc.string({ unit: fc.constantFrom('a', 'ø', '-', '--b', '\r\n', ' ', '"') });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, text),
        text,
        fc.uint8Array(),
        async (fields, model, bytes) => {
          const sent = new FormData();
          for (const [key, value] of Object.entries({ ...fields, model })) sent.append(key, value);
          sent.append('file', new File([bytes], 'f'));
          const request = new Response(sent);
          const contentType = request.headers.get('content-type')!;
          const body = Buffer.from(await request.arrayBuffer());
          const form = readForm(body, contentType) as Form;
          const headers = { 'content-type': contentType };
          const theirs = await new Response(body, { headers }).formData();
          const { file: _, ...texts } = Object.fromEntries(theirs) as Record<string, string>;
          expect(form.json).toEqual(texts);
          expect(modelIn(body, form)).toBe(texts['model']);
        },
      ),
      { numRuns: 200 },
    );
  });
});
