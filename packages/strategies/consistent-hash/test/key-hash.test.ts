import { expect, test } from 'vitest';

import { hashOf } from '../src/key-hash.ts';

// Vectors of MurmurHash3_x86_32 with seed 0x9747b28c, for the bytes "aaaa", "abcd", "aa", "ab" and none with seed 1; the
// bytes are given as the UTF-16 code units they make, low byte first.
test.each([
  ['\u6161\u6161', 0x9747b28c, 0x5a97808a],
  ['\u6261\u6463', 0x9747b28c, 0xf0478627],
  ['\u6161', 0x9747b28c, 0x5d211726],
  ['\u6261', 0x9747b28c, 0x74875592],
  ['', 1, 0x514e28b7],
])('is MurmurHash3 of the code units: %j with seed %d', (text, seed, expected) => {
  expect(hashOf(text, seed) >>> 0).toBe(expected);
});

// By another implementation, over the UTF-16LE bytes. These must never change: keys would leave their targets.
test.each([
  ['user-1', 0x90d68650],
  ['user-42', 0xa121b969],
  ['a', 0x6f49d11a],
  ['conversation/7f3a', 0xfd970b1e],
  ['ü世😀', 0xe63a7c8f],
  ['x'.repeat(34), 0x41f9d243],
])('of %j stays what it is', (text, expected) => {
  expect(hashOf(text, 0) >>> 0).toBe(expected);
});
