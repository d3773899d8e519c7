import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

export const root = resolve(import.meta.dirname, '../..');

/** Files by path; what is no string is written as JSON. */
export type Files = Record<string, unknown>;

/** Writes `files` into a new folder, which is removed at the end of the test, and returns its path. */
export function plant(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** Copies files of the repository's root, such as a tool's configuration, into a planted folder. */
export function copyFromRoot(folder: string, ...files: string[]): void {
  for (const file of files) cpSync(join(root, file), join(folder, file));
}

/** Makes packages of a planted folder known by name, as an installation would. */
export function link(folder: string, packages: Record<string, string>): void {
  for (const [name, path] of Object.entries(packages)) {
    const at = join(folder, 'node_modules', name);
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(join(folder, path), at);
  }
}

/** What a tool of the workspace prints, whether or not it finds fault. */
export function output(tool: string, args: string[], cwd: string): string {
  try {
    return execFileSync(join(root, 'node_modules/.bin', tool), args, { cwd, encoding: 'utf8' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout || stderr;
  }
}
