import { describe, expect, test } from 'vitest';
import { sceneOf } from '../dev/scenes.ts';
import {
  linesOf,
  ROW_HEIGHT,
  SEPARATOR_HEIGHT,
  visibleLines,
} from '../src/sections/dense-lines.ts';

const { targets, attention } = sceneOf('many', '5m', 1_000_000_000).view.pool;

describe('lines of a long table', () => {
  test('what wants attention comes first, in its order, then the others in theirs', () => {
    const lines = linesOf(targets, attention, '', false);
    expect(lines).toHaveLength(102);
    expect(lines[0]).toMatchObject({ title: 'Want attention', count: 7 });
    expect(lines.slice(1, 8).map(({ target }) => target?.id)).toEqual(
      attention.map(({ target }) => target),
    );
    expect(lines[8]).toMatchObject({ title: 'As expected', count: 93 });
    expect(lines[9]?.target?.id).toBe('openai-use1-01');
  });

  test('the filter looks at id, model, provider, region and tags, for every word', () => {
    const found = linesOf(targets, attention, 'HAIKU eu', false).filter(({ target }) => target);
    expect(found).toHaveLength(15);
    expect(linesOf(targets, attention, 'haiku openai', false)).toEqual([]);
  });

  test('only attention leaves the others out', () => {
    expect(linesOf(targets, attention, '', true)).toHaveLength(8);
  });

  test('only what is in sight is in the page, and the height is that of all', () => {
    const lines = linesOf(targets, attention, '', false);
    const height = 2 * SEPARATOR_HEIGHT + 100 * ROW_HEIGHT;
    for (const top of [0, 500, 1500, height]) {
      const { first, last, above, below } = visibleLines(lines, top);
      const shown = lines.slice(first, last);
      const inside = shown.reduce(
        (sum, { target }) => sum + (target ? ROW_HEIGHT : SEPARATOR_HEIGHT),
        0,
      );
      expect(above + inside + below).toBe(height);
      expect(shown.length).toBeLessThan(60);
    }
  });

  test('no line is no height', () => {
    expect(visibleLines([], 100)).toEqual({ first: 0, last: 0, above: 0, below: 0 });
  });
});
