// node scripts/check-lockfile.ts: the lock file names packages and their hashes, never a host to fetch them from, so that
// it installs from whichever registry a machine is told to use.
import { readFileSync } from 'node:fs';

export function checkLockfile(text: string): string[] {
  return text
    .split('\n')
    .map((line, index) => `pnpm-lock.yaml:${index + 1}: ${line.trim()}`)
    .filter((line) => /https?:\/\/|\btarball:/.test(line));
}

if (import.meta.main) {
  const complaints = checkLockfile(readFileSync('pnpm-lock.yaml', 'utf8'));
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
