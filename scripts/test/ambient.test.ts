import { expect, test } from 'vitest';
import { copyFromRoot, output, plant } from './plant.ts';

/** Each reads the time, waits, or draws a random number without having been handed the means. */
const ambient = [
  'export const now: number = Date.now();',
  'export const text: string = new Date().toISOString();',
  'export const exact: number = performance.now();',
  'export const nanoseconds: bigint = process.hrtime.bigint();',
  'setTimeout(() => {}, 1);',
  'setInterval(() => {}, 1);',
  'setImmediate(() => {});',
  'export const draw: number = Math.random();',
  'export const id: string = crypto.randomUUID();',
  'export const limit: AbortSignal = AbortSignal.timeout(1);',
  "import { setTimeout as wait } from 'node:timers/promises'; await wait(1);",
  "import { setTimeout as later } from 'node:timers'; later(() => {}, 1);",
  "import { performance as watch } from 'node:perf_hooks'; watch.now();",
  "import { randomInt } from 'node:crypto'; export const die: number = randomInt(6);",
];

const watched = [
  'packages/core/src',
  'packages/balancer/src',
  'packages/strategies/one/src',
  'packages/stores/one/src',
];

test.each(watched)('ambient time and chance are refused in %s', (folder) => {
  expect(refused(folder, (number) => `line-${number}.ts`)).toEqual(ambient);
});

test('a file named system.ts may read the real clock', () => {
  expect(refused('packages/balancer/src', (number) => `${number}/system.ts`)).toEqual([]);
});

test('providers and applications may read the real clock', () => {
  expect(refused('packages/providers/one/src', (number) => `line-${number}.ts`)).toEqual([]);
  expect(refused('apps/gateway/src', (number) => `line-${number}.ts`)).toEqual([]);
});

/** The lines that oxlint refuses if each stands in a file of its own in `folder`. */
function refused(folder: string, nameOf: (number: number) => string): string[] {
  const paths = ambient.map((_, number) => `${folder}/${nameOf(number)}`);
  const root = plant(Object.fromEntries(paths.map((path, number) => [path, ambient[number]])));
  copyFromRoot(root, '.oxlintrc.json', 'tsconfig.base.json');
  const { diagnostics } = JSON.parse(output('oxlint', ['--format', 'json'], root)) as {
    diagnostics: { code: string; filename: string }[];
  };
  const found = new Set(
    diagnostics
      .filter(({ code }) => code.startsWith('eslint(no-restricted-'))
      .map(({ filename }) => filename),
  );
  return ambient.filter((_, number) => found.has(paths[number] ?? ''));
}
