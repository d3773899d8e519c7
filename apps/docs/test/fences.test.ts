import { expect, test } from 'vitest';

import { fencesIn, isAsShown } from './fences.ts';

test('finds fences with their language, mark and line', () => {
  const markdown = 'Text\n\n```yaml plimsoll.yaml\na: 1\n```\n\n```sh\nls\n```\n';
  expect(fencesIn(markdown)).toEqual([
    { language: 'yaml', mark: 'plimsoll.yaml', text: 'a: 1\n', line: 3 },
    { language: 'sh', mark: '', text: 'ls\n', line: 7 },
  ]);
});

test('takes … for whatever is there, and nothing else', () => {
  expect(isAsShown('took 12 ms\nok  \n', 'took … ms\nok\n')).toBe(true);
  expect(isAsShown('one\ntwo\nthree', 'one\n…\nthree')).toBe(true);
  expect(isAsShown('took 12 ms', 'took … s')).toBe(false);
  expect(isAsShown('ok, or not', 'ok')).toBe(false);
});
