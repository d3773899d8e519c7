import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { type Fence, fencesIn, isAsShown } from './fences.ts';
import { Reader } from './reader.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, 'apps/docs/guides');

/** What a block of a guide is, by its language and mark; the TypeScript programs are run with those of the READMEs. */
const KINDS = ['file', 'commands', 'server', 'install', 'shown', 'program', 'part'] as const;

function kindOf({ language, mark }: Fence): (typeof KINDS)[number] | undefined {
  if (language === 'sh') {
    if (mark === '') return 'commands';
    return mark === 'server' || mark === 'install' ? mark : undefined;
  }
  if (language === 'text') return 'shown';
  if (language === 'ts') return 'program';
  // A part of a file, to look at: the guide has the whole elsewhere.
  if (mark === 'part') return 'part';
  return mark === '' ? undefined : 'file';
}

describe.concurrent.each(globSync('*.md', { cwd: folder }))('%s', (name) => {
  const fences = fencesIn(readFileSync(join(folder, name), 'utf8'));

  it('has no block of a kind nobody tests', () => {
    expect(fences.filter((fence) => kindOf(fence) === undefined)).toEqual([]);
  });

  it('does what it says, from top to bottom', { timeout: 120_000 }, async () => {
    await using reader = await Reader.open();
    let output: string | undefined;
    for (const fence of fences) {
      const where = `${name}:${fence.line}`;
      switch (kindOf(fence)) {
        case 'file':
          reader.write(fence.mark, fence.text);
          break;
        case 'commands': {
          const { output: printed, exitCode } = await reader.type(fence.text);
          output = printed;
          const shown = fences[fences.indexOf(fence) + 1];
          // A command that fails must be one whose failure the guide shows.
          if (shown?.language !== 'text') expect(exitCode, `${where}\n${printed}`).toBe(0);
          break;
        }
        case 'server':
          await reader.serve(fence.text);
          break;
        case 'shown':
          if (!isAsShown(output ?? '', fence.text)) expect(output, where).toBe(fence.text);
          break;
        case 'install':
          expect(packagesIn(fence.text).filter((one) => !published.has(one))).toEqual([]);
          break;
        default:
      }
    }
  });

  it('links to what is there', () => {
    const text = readFileSync(join(folder, name), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, to]) => to!);
    expect(links.filter((to) => !existsSync(join(folder, to)))).toEqual([]);
  });
});

const published = new Set(
  globSync(['packages/*/package.json', 'packages/*/*/package.json', 'apps/*/package.json'], {
    cwd: root,
  }).map((file) => (JSON.parse(readFileSync(join(root, file), 'utf8')) as { name: string }).name),
);

function packagesIn(command: string): string[] {
  return command.match(/@plimsoll\/[\w-]+/g) ?? [];
}
