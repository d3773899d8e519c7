import { spawnSync } from 'node:child_process';

import { it } from 'vitest';

const hasPromtool: boolean = spawnSync('promtool', ['--version']).status === 0;

/** A test that needs `promtool`: without it, reported as skipped with what would run it. */
export function itWithPromtool(title: string, test: () => void): void {
  if (hasPromtool) {
    it(title, test);
    return;
  }
  const reason = 'needs promtool: apt-get install prometheus';
  // The usual report of vitest names no skipped test.
  console.warn(`Skipped: ${title}: ${reason}`);
  it.skip(`${title} (${reason})`, test);
}

/** What `promtool` has to say, and its exit code. */
export function promtool(
  args: readonly string[],
  input = '',
): { readonly said: string; readonly code: number | null } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { said: stdout + stderr, code: status };
}
