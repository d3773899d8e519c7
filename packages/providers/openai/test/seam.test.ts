import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Seam, type SeamOptions } from '../src/seam.ts';

/** What is new of a text that comes in these pieces; `undefined` if it cannot be joined. */
function joined(options: Partial<SeamOptions>, pieces: readonly string[]): string | undefined {
  const seam = new Seam({ repeated: '', isRequired: true, optional: '', ...options });
  let text = '';
  for (const piece of pieces) {
    const part = seam.take(piece);
    if (part === undefined) return undefined;
    text += part;
  }
  const rest = seam.end();
  return rest === undefined ? undefined : text + rest;
}

const pieces = fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 });

describe('Seam', () => {
  it.each<[what: string, Partial<SeamOptions>, string[], string | undefined]>([
    ['hands on all where nothing is repeated', {}, ['a', 'b'], 'ab'],
    ['leaves out what is repeated', { repeated: 'Hello' }, ['Hel', 'lo w', 'orld'], ' world'],
    ['joins nothing that differs', { repeated: 'Hello' }, ['Hel', 'p'], undefined],
    ['joins nothing that is too short', { repeated: 'Hello' }, ['Hel'], undefined],
    ['joins what is the same and no more', { repeated: 'Hello' }, ['Hello'], ''],
    [
      'takes what differs for new where a repetition is not required',
      { repeated: 'Hello', isRequired: false },
      ['He', 'has'],
      'Hehas',
    ],
    [
      'takes a beginning of the repetition for new if nothing more comes',
      { repeated: 'Hello', isRequired: false },
      ['He'],
      'He',
    ],
    ['leaves out spaces as far as they come', { optional: ' \n' }, [' ', '\nx'], 'x'],
    ['leaves out spaces once', { optional: ' ' }, ['  x'], ' x'],
    ['hands on text that begins without them', { optional: ' ' }, ['x', ' y'], 'x y'],
    [
      'leaves them out behind a repetition',
      { repeated: 'a', isRequired: false, optional: ' ' },
      ['a ', ' b'],
      ' b',
    ],
  ])('%s', (_, options, given, expected) => {
    expect(joined(options, given)).toBe(expected);
  });

  it('leaves out the beginning of a text, wherever that ends and however the text comes', () => {
    fc.assert(
      fc.property(pieces, fc.nat(), (given, cut) => {
        const text = given.join('');
        const at = cut % (text.length + 1);
        expect(joined({ repeated: text.slice(0, at) }, given)).toBe(text.slice(at));
      }),
    );
  });

  it('joins no text that differs anywhere in what must be repeated', () => {
    fc.assert(
      fc.property(pieces, fc.nat(), (given, place) => {
        const text = given.join('');
        if (text === '') return;
        const at = place % text.length;
        const other = text[at] === 'x' ? 'y' : 'x';
        const repeated = text.slice(0, at) + other + text.slice(at + 1);
        expect(joined({ repeated }, given)).toBeUndefined();
      }),
    );
  });
});
