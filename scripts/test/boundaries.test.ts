import { expect, test } from 'vitest';
import boundaries from '../../.dependency-cruiser.mjs';
import { copyFromRoot, link, output, plant, type Files } from './plant.ts';

const manifest = (name: string): unknown => ({
  name,
  type: 'module',
  exports: { '.': { '@plimsoll/source': './src/index.ts', default: './dist/index.js' } },
});

const names = {
  '@plimsoll/core': 'packages/core',
  '@plimsoll/balancer': 'packages/balancer',
  '@plimsoll/simulator': 'packages/simulator',
  '@plimsoll/monitor': 'packages/monitor',
  '@plimsoll/testkit': 'packages/testkit',
  '@plimsoll/strategy-one': 'packages/strategies/one',
  '@plimsoll/strategy-two': 'packages/strategies/two',
  '@plimsoll/provider-one': 'packages/providers/one',
  '@plimsoll/client-one': 'packages/clients/one',
  '@plimsoll/gateway': 'apps/gateway',
  '@plimsoll/dashboard': 'apps/dashboard',
};

/** A workspace in which every import is allowed. */
const sound: Files = {
  ...Object.fromEntries(
    Object.entries(names).flatMap(([name, folder]) => [
      [`${folder}/package.json`, manifest(name)],
      [`${folder}/src/index.ts`, 'export const it: number = 1;'],
    ]),
  ),
  'packages/core/src/target.ts': "import type { Provider } from './provider.ts';",
  'packages/core/src/provider.ts': "import type { Target } from './target.ts';",
  'packages/balancer/src/engine.ts': "import '@plimsoll/core';",
  'packages/simulator/src/run.ts': "import '@plimsoll/core'; import '@plimsoll/balancer';",
  'packages/monitor/src/watch.ts': "import '@plimsoll/core'; import '@plimsoll/balancer';",
  'apps/dashboard/src/page.ts': "import type { It } from '@plimsoll/monitor';",
  'packages/strategies/one/src/one.ts': "import '@plimsoll/core'; import 'node:assert';",
  'packages/strategies/one/test/one.test.ts': "import '@plimsoll/testkit'; import '../src/one.ts';",
  'packages/clients/one/src/one.ts': "import '@plimsoll/core'; import '@plimsoll/balancer';",
  'apps/gateway/src/compose.ts': "import '@plimsoll/strategy-one';",
  'apps/gateway/src/server.ts': "import '@plimsoll/balancer'; import './compose.ts';",
};

/** One violation for each rule: the rule, the file, and what stands in it. */
const violations: [rule: string, file: string, content: string][] = [
  ['core-imports-nothing', 'packages/core/src/bad.ts', "import 'node:fs';"],
  ['libraries-know-only-core', 'packages/balancer/src/bad.ts', "import '@plimsoll/provider-one';"],
  [
    'simulator-knows-core-and-balancer',
    'packages/simulator/src/bad.ts',
    "import '@plimsoll/testkit';",
  ],
  [
    'monitor-knows-core-and-balancer',
    'packages/monitor/src/bad.ts',
    "import '@plimsoll/strategy-one';",
  ],
  ['dashboard-knows-the-monitor', 'apps/dashboard/src/bad.ts', "import '@plimsoll/balancer';"],
  [
    'strategies-import-no-strategy',
    'packages/strategies/one/test/bad.test.ts',
    "import '@plimsoll/strategy-two';",
  ],
  [
    'plugins-know-only-core',
    'packages/providers/one/src/bad.ts',
    "import type { It } from '@plimsoll/balancer';",
  ],
  [
    'plugin-tests-know-core-and-testkit',
    'packages/providers/one/test/bad.test.ts',
    "import '@plimsoll/balancer';",
  ],
  [
    'clients-know-core-and-balancer',
    'packages/clients/one/src/bad.ts',
    "import '@plimsoll/provider-one';",
  ],
  ['only-compose-imports-plugins', 'apps/gateway/src/bad.ts', "import '@plimsoll/strategy-one';"],
  ['packages-import-no-app', 'packages/balancer/test/bad.test.ts', "import '@plimsoll/gateway';"],
  ['sources-import-no-tests', 'packages/testkit/src/bad.ts', "import '../test/helper.ts';"],
  [
    'packages-by-name',
    'packages/providers/one/src/by-path.ts',
    "import '../../../core/src/target.ts';",
  ],
  [
    'no-cycles',
    'packages/strategies/two/src/bad.ts',
    "import './round.ts'; export const a: number = 1;",
  ],
  ['declared-dependencies', 'packages/balancer/src/undeclared.ts', "import 'undeclared';"],
  ['everything-resolves', 'packages/balancer/src/unresolved.ts', "import './gone.ts';"],
];

test('a sound workspace breaks no boundary', () => {
  expect(broken(sound)).toEqual([]);
});

test('every boundary is seen to hold against a planted violation', () => {
  const planted = broken({
    ...sound,
    ...Object.fromEntries(violations.map(([, file, content]) => [file, content])),
    'packages/testkit/test/helper.ts': 'export const it: number = 1;',
    'packages/strategies/two/src/round.ts': "import { a } from './bad.ts'; console.log(a);",
    'node_modules/undeclared/package.json': { name: 'undeclared', main: 'index.js' },
    'node_modules/undeclared/index.js': '',
  });

  for (const [rule, file] of violations) expect(planted).toContain(`${rule} ${file}`);
  expect(violations.map(([rule]) => rule)).toEqual(boundaries.forbidden?.map(({ name }) => name));
});

function broken(files: Files): string[] {
  const folder = plant(files);
  link(folder, names);
  copyFromRoot(folder, '.dependency-cruiser.mjs', 'tsconfig.base.json');
  const { summary } = JSON.parse(
    output('depcruise', ['packages', 'apps', '--output-type', 'json'], folder),
  ) as { summary: { violations: { rule: { name: string }; from: string }[] } };
  return summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
}
