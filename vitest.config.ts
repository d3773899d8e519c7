import { globSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Tests run from sources, without a build. Vite's own default conditions follow, as setting any replaces them.
const conditions = ['@plimsoll/source', 'module', 'node', 'development|production'];

// Projects are listed inline, since a project given as a folder does not inherit the conditions above it.
const folders = globSync([
  'packages/*/package.json',
  'packages/{strategies,providers,stores,metrics,clients}/*/package.json',
  'apps/*/package.json',
  'examples/package.json',
]).map((manifest) => manifest.replace(/.package\.json$/, ''));

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Some tests start processes; on a busy machine that takes longer than the default of 5 s allows.
    testTimeout: 30_000,
    // Some measure real time or what V8 allocates. Where a machine runs everything at once such a test may be disturbed; the
    // report names what was tried again. All others are deterministic, and fail as often as they are tried.
    retry: process.env['CI'] === undefined ? 0 : 2,
    projects: [...folders.sort(), 'scripts'].map((folder) => ({
      extends: true,
      test: {
        name: folder.replace(/^packages./, ''),
        include: [`${folder}/test/**/*.test.ts`],
      },
    })),
  },
});
