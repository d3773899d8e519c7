import { describe, expect, test } from 'vitest';
import type { PoolView, Verdict } from '@plimsoll/monitor';
import { sceneOf, type SceneName } from '../dev/scenes.ts';
import {
  attentionWords,
  headline,
  hullSentence,
  pageTitle,
  proof,
  withNames,
  type Words,
} from '../src/words.ts';

const NOW_MS = 1_000_000_000;

function pool(scene: SceneName): PoolView {
  return sceneOf(scene, '5m', NOW_MS).view.pool;
}

function withVerdict(scene: SceneName, verdict: Partial<Verdict>): PoolView {
  const of = pool(scene);
  return { ...of, verdict: { ...of.verdict, ...verdict } };
}

function text(words: Words): string {
  return words.map((word) => (typeof word === 'string' ? word : word.strong)).join('');
}

function said(of: PoolView): string {
  return proof(of).map(text).join(' ');
}

describe('the headline', () => {
  test.each([
    ['trouble', 'All requests served, by 4 of 6 targets'],
    ['healthy', 'All requests served, by all 6 targets'],
    ['failing', 'Some requests failed; 5 of 6 targets serve'],
    ['empty', 'Ready for the first request'],
    ['down', 'No target can serve chat'],
    ['many', 'All requests served, by 95 of 100 targets'],
  ] as const)('of %s is: %s', (scene, words) => expect(headline(pool(scene))).toBe(words));

  test('of a pool that has had no request and cannot serve one does not say ready', () => {
    expect(headline(withVerdict('empty', { usable: 0 }))).toBe('No target can serve chat');
  });
});

describe('the proof', () => {
  test('tells the gap and who carries the difference', () => {
    expect(said(pool('trouble'))).toBe(
      'Spread as expected: the largest gap is 0.5 points. The four carry 1.6 × their weight while two are out.',
    );
  });

  test('names who is off the line', () => {
    expect(said(pool('many'))).toBe(
      'Spread as expected on 99 targets. openai-euw1-38 takes 1.6 × its expected share. 1.4 × head-room is left.',
    );
  });

  test('when all are down tells who waits, who was refused, and a common cause', () => {
    expect(said(pool('down'))).toBe(
      '312 requests wait for up to 20 s; 1,204 were refused in the last minute. Three providers failed within 6 s with refused connections: look at this machine’s network first.',
    );
  });

  test('tells what waits for quota', () => {
    expect(said(pool('quota'))).toContain('12 wait for quota, the oldest for 1.4 s.');
  });

  test('promises no shares where the strategy promises none', () => {
    expect(said(withVerdict('healthy', { maxGapPoints: null }))).toBe(
      'The strategy promises no shares: it decides request by request.',
    );
  });

  test('speaks of one as of one', () => {
    const one = withVerdict('trouble', { usable: 1, total: 2, loadFactor: 2, maxGapPoints: 1 });
    expect(said(one)).toBe(
      'Spread as expected: the largest gap is 1 point. The one carries 2 × its weight while one is out.',
    );
  });
});

test('a line of what wants attention says its state, but where the reason is a sentence', () => {
  const [cooling] = pool('trouble').attention;
  const [off] = pool('many').attention;
  expect(attentionWords(cooling!)).toBe('Cooling down: 429, tokens per minute used up');
  expect(attentionWords(off!)).toBe('takes 1.6 × its share: 31 long conversations');
});

test('a hull is a sentence for those who hear it', () => {
  const { targets } = pool('trouble');
  expect(hullSentence(targets[4]!, NOW_MS)).toBe(
    'gemini-us: Cooling down. 0% of requests, expected 0%. 0% of tokens/min left. Back in 0:23.',
  );
});

test.each([
  ['trouble', 'chat 4/6 · Plimsoll'],
  ['empty', 'chat · Plimsoll'],
  ['down', '✕ chat is down · Plimsoll'],
] as const)('the title of %s is: %s', (scene, title) => expect(pageTitle(pool(scene))).toBe(title));

test('names stand out of a sentence, parts of other words do not', () => {
  expect(withNames('Went to a-1, not a-12.', new Set(['a-1']))).toContainEqual({ strong: 'a-1' });
  expect(text(withNames('Went to a-1, not a-12.', new Set(['a-1'])))).toBe(
    'Went to a-1, not a-12.',
  );
  expect(
    withNames('Went to a-12.', new Set(['a-1'])).every((word) => typeof word === 'string'),
  ).toBe(true);
});
