import { expect, it } from 'vitest';

import { isLoopback } from '../src/loopback.ts';

it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('%s is this machine only', (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each([
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '128.0.0.1',
  '::2',
  'localhost.example',
  '127.0.0.1.example',
  '',
])('%j may be reached from others', (host) => {
  expect(isLoopback(host)).toBe(false);
});
