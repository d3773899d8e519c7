import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkLockfile } from '../check-lockfile.ts';
import { root } from './plant.ts';

test('a lock file that names a download host is refused', () => {
  const text =
    'packages:\n  a@1.0.0:\n    resolution: {tarball: https://registry.example/a-1.0.0.tgz}\n';

  expect(checkLockfile(text)).toEqual([
    'pnpm-lock.yaml:3: resolution: {tarball: https://registry.example/a-1.0.0.tgz}',
  ]);
});

test("the workspace's own lock file names none", () => {
  expect(checkLockfile(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'))).toEqual([]);
});
