import { describe, expect, test } from 'vitest';
import {
  ago,
  clockTenths,
  countdown,
  duration,
  errorPercent,
  inWords,
  percent,
  rate,
  signed,
  span,
  strategyName,
  times,
  tokens,
  usd,
  usdPerHour,
  wholePercent,
} from '../src/format.ts';

describe('shares', () => {
  test.each([
    [0.472, '47.2%'],
    [0, '0%'],
    [null, '–'],
    [1, '100.0%'],
  ])('%s is %s', (ratio, text) => expect(percent(ratio)).toBe(text));

  test.each([
    [0, '0%'],
    [0.001, '1%'],
    [0.144, '14%'],
    [0.998, '99%'],
    [1, '100%'],
  ])('of a quota, %s left is %s: never nothing or all by rounding', (ratio, text) =>
    expect(wholePercent(ratio)).toBe(text),
  );

  test.each([
    [0.0002, '0.02%'],
    [0.009, '0.9%'],
    [0.714, '71.4%'],
    [0, '0%'],
    [1, '100%'],
  ])('errors of %s are %s', (ratio, text) => expect(errorPercent(ratio)).toBe(text));

  test('gaps have a sign, and none when they are none', () => {
    expect(signed(0.75)).toBe('+0.75');
    expect(signed(-0.02)).toBe('−0.02');
    expect(signed(0.004)).toBe('0');
  });

  test('multiples', () => {
    expect(times(1.587)).toBe('1.6 ×');
    expect(times(2)).toBe('2 ×');
    expect(times(null)).toBe('–');
  });
});

describe('times', () => {
  test.each([
    [null, '–'],
    [0.2, '0.2 ms'],
    [418.4, '418 ms'],
    [999.7, '1.00 s'],
    [1120, '1.12 s'],
    [12_300, '12.3 s'],
  ])('%s ms take %s', (ms, text) => expect(duration(ms)).toBe(text));

  test.each([
    [23_900, '0:23'],
    [110_000, '1:50'],
    [3_599_000, '59:59'],
    [3_600_000, '1 h'],
    [68_460_000, '19 h'],
    [172_800_000, '2 d'],
    [999, 'now'],
    [-5000, 'now'],
  ])('%s ms are counted down as %s', (ms, text) => expect(countdown(ms)).toBe(text));

  test.each([
    [1400, 'now'],
    [1600, '2 s ago'],
    [37_000, '37 s ago'],
    [110_000, '1:50 ago'],
    [18_000_000, '5 h ago'],
    [-1000, 'now'],
  ])('%s ms past are %s', (ms, text) => expect(ago(ms)).toBe(text));

  test('limits are as short as they were written', () => {
    expect(span(60_000)).toBe('60 s');
    expect(span(1500)).toBe('1.5 s');
    expect(span(250)).toBe('250 ms');
  });

  test('a time of the day', () => {
    expect(clockTenths(new Date(2026, 4, 11, 9, 5, 7, 990).getTime())).toBe('09:05:07.9');
  });
});

describe('amounts', () => {
  test.each([
    [0, '$0'],
    [null, '–'],
    [0.000_001, '<$0.00001'],
    [0.000_092, '$0.00009'],
    [0.0008, '$0.0008'],
    [1.28, '$1.28'],
    [56.4, '$56.4'],
    [111.8, '$112'],
    [5910, '$5,910'],
  ])('%s dollars are %s', (value, text) => expect(usd(value)).toBe(text));

  test.each([
    [0, '0'],
    [0.04, '0.04'],
    [5.21, '5.2'],
    [42.3, '42.3'],
    [1284, '1,284'],
  ])('%s a second are %s', (value, text) => expect(rate(value)).toBe(text));

  test.each([
    [null, '–'],
    [244, '244'],
    [1212, '1.2k'],
    [9_940, '9.9k'],
    [9_960, '10k'],
    [210_000, '210k'],
    [1_300_000, '1.3M'],
  ])('%s tokens are %s', (value, text) => expect(tokens(value)).toBe(text));

  test('an hour costs cents, or less', () => {
    expect(usdPerHour(0.0161)).toBe('$0.02');
    expect(usdPerHour(0.001)).toBe('<$0.01');
    expect(usdPerHour(0)).toBe('$0');
  });

  test('small numbers are words', () => {
    expect(inWords(4)).toBe('four');
    expect(inWords(11)).toBe('11');
  });
});

test('a strategy is named as people write it', () => {
  expect(strategyName('weighted-round-robin')).toBe('weighted round-robin');
  expect(strategyName('least-busy')).toBe('least busy');
});
