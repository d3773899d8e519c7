import { globSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Tests run from sources, without a build. Vite's own default conditions follow, as setting any replaces them.
const conditions = ['@plimsoll/source', 'module', 'node', 'development|production'];

// Projects are listed inline, since a project given as a folder does not inherit the conditions above it.
const folders = globSync(
  [
    'packages/*/package.json',
    'packages/{strategies,providers,stores,metrics,clients}/*/package.json',
    'apps/*/package.json',
    'examples/package.json',
  ],
  // A package's own `test` script starts in its folder.
  { cwd: import.meta.dirname },
).map((manifest) => manifest.replace(/.package\.json$/, ''));

// Tests that measure real time: how many requests a real server saw in a second, how soon an abort reached it, how long a
// call waited for a Redis that is gone. A machine that runs everything at once may disturb them, so in CI they are tried
// again, and the report names what was. All other tests fail as often as they are tried.
const realTime = [
  'apps/gateway/test/abort.test.ts',
  'apps/gateway/test/shared-quota.test.ts',
  'packages/stores/redis/test/outage.test.ts',
  'packages/stores/redis/test/redis-store.test.ts',
];
const retry = process.env['CI'] === undefined ? 0 : 2;

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Some tests start processes or simulate hours; on a busy machine that takes longer than the default of 5 s allows. This
    // ends what hangs and measures nothing.
    testTimeout: 120_000,
    projects: [
      ...[...folders.sort(), 'scripts'].map((folder) => ({
        extends: true as const,
        test: {
          name: folder.replace(/^packages./, ''),
          include: [`${folder}/test/**/*.test.ts`],
          exclude: realTime,
        },
      })),
      { extends: true as const, test: { name: 'real time', include: realTime, retry } },
    ],
  },
});
