import { readFile, writeFile } from 'node:fs/promises';

import {
  formatDifference,
  type Imported,
  importLiteLLM,
  importPortkey,
  oneOf,
  suggestion,
} from '@plimsoll/config';

import { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { command, jsonOption } from './command.ts';
import { UsageError } from './usage-error.ts';

const importers: Readonly<Record<string, (text: string) => Imported>> = {
  litellm: importLiteLLM,
  portkey: importPortkey,
};

export const importCommand = command({
  name: 'import',
  argument: 'litellm|portkey FILE',
  summary: 'make a configuration of one of LiteLLM or Portkey, and say what differs',
  description: [
    'Makes a configuration of a config.yaml of the LiteLLM proxy, or of a config (JSON) of the Portkey gateway. The ' +
      'result goes to stdout or to a file, and every place where it does not mean what the source meant to stderr, by ' +
      'its path in the source; what is not known is named, and nothing is dropped silently.',
    'The result is accepted by plimsoll check once the environment variables it names are set. Keys that stand in the ' +
      'source stand in the result, too.',
  ],
  options: {
    out: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      help: 'write the result there',
      usually: 'stdout',
    },
    force: { type: 'boolean', help: 'write over a file that is there already' },
    json: jsonOption,
  },
  examples: [
    'import litellm config.yaml --out plimsoll.yaml',
    'import portkey config.json > plimsoll.yaml',
  ],
  exitCodes: {
    [ExitCode.failed]: 'the result could not be written',
    [ExitCode.configuration]: 'nothing of the source could be taken over',
    [ExitCode.unwell]: 'imported, and something does not mean what it meant: stderr says what',
  },
  async run({ values, argument: kind, rest: [file] }, terminal) {
    const importConfig = importerOf(kind);
    if (file === undefined)
      throw new UsageError(`import needs a file: plimsoll import ${kind} FILE`);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      terminal.complain(`plimsoll: ${(error as Error).message}`);
      return ExitCode.usage;
    }
    const { yaml, differences } = importConfig(text);
    if (yaml !== undefined && values.out !== undefined) {
      const problem = await write(values.out, yaml, values.force === true);
      if (problem !== undefined) {
        terminal.complain(`plimsoll: ${problem}`);
        return ExitCode.failed;
      }
    }
    if (values.json === true) {
      terminal.printJson({ ok: yaml !== undefined && differences.length === 0, yaml, differences });
    } else {
      if (yaml !== undefined && values.out === undefined) terminal.stdout.write(yaml);
      tell({ yaml, differences }, values.out, terminal);
    }
    if (yaml === undefined) return ExitCode.configuration;
    return differences.length === 0 ? ExitCode.done : ExitCode.unwell;
  },
});

function importerOf(kind: string | undefined): (text: string) => Imported {
  const kinds = Object.keys(importers);
  if (kind !== undefined && Object.hasOwn(importers, kind)) return importers[kind]!;
  const what = kind === undefined ? 'import needs to know what from' : `import knows no ${kind}`;
  const hint = kind === undefined ? '' : suggestion(kind, kinds);
  throw new UsageError(`${what}${hint}: it takes ${oneOf(kinds)}`);
}

/** Writes a file that only its owner reads, as keys may be in it. */
async function write(file: string, text: string, isForced: boolean): Promise<string | undefined> {
  try {
    await writeFile(file, text, { flag: isForced ? 'w' : 'wx', mode: 0o600 });
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EEXIST' ? `${file} is there already; --force writes over it` : message;
  }
}

function tell({ yaml, differences }: Imported, out: string | undefined, terminal: Terminal): void {
  const { paintError } = terminal;
  if (yaml !== undefined && differences.length > 0) {
    const places = differences.length === 1 ? 'One place' : `${differences.length} places`;
    terminal.complain(`${places} of the source that the result differs from:`);
  }
  for (const difference of differences) {
    terminal.complain(`${paintError('yellow', '-')} ${formatDifference(difference)}`);
  }
  if (yaml !== undefined && out !== undefined) {
    terminal.complain(`${out} is written; plimsoll check ${out} says whether it is right`);
  }
}
