import { oneOf, suggestion } from '@plimsoll/config';

import manifest from '../package.json' with { type: 'json' };
import { checkCommand } from './commands/check.ts';
import type { Command } from './commands/command.ts';
import { explainCommand } from './commands/explain.ts';
import { helpOf, overview } from './commands/help.ts';
import { importCommand } from './commands/import.ts';
import { readCommandLine } from './commands/read-command-line.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { topCommand } from './commands/top.ts';
import { UsageError } from './commands/usage-error.ts';
import { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal/terminal.ts';

/** In the order in which the help lists them. */
const commands: readonly Command[] = [
  serveCommand,
  checkCommand,
  explainCommand,
  simulateCommand,
  importCommand,
  topCommand,
];

/** Help that goes to no terminal is this wide. */
const USUAL_COLUMNS = 100;

/** Does what the command line says; resolves with what the process ends with. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const [first, ...rest] = args;
  const columns = terminal.stdout.columns ?? USUAL_COLUMNS;
  const help = (asked: Command | undefined): ExitCode => {
    const { paint } = terminal;
    terminal.print(asked ? helpOf(asked, columns, paint) : overview(commands, columns, paint));
    return ExitCode.done;
  };
  let about = 'plimsoll';
  try {
    switch (first) {
      case '-h':
      case '--help':
        return help(undefined);
      case 'help':
        return help(rest[0] === undefined ? undefined : find(rest[0]));
      case '--version':
        terminal.print(manifest.version);
        return ExitCode.done;
      default: {
        const command = find(first);
        about = `plimsoll ${command.name}`;
        const line = readCommandLine(command, rest);
        return line.isHelp ? help(command) : await command.run(line, terminal);
      }
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.complain(`plimsoll: ${error.message}`);
    terminal.complain(`${about} --help says how it is used.`);
    return ExitCode.usage;
  }
}

function find(name: string | undefined): Command {
  const names = commands.map((command) => command.name);
  if (name === undefined) throw new UsageError(`a command is missing; use ${oneOf(names)}`);
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return command;
  const what = name.startsWith('-') ? `option ${name} before a command` : `command ${name}`;
  const hint = suggestion(name, names);
  throw new UsageError(`there is no ${what}${hint === '' ? `; use ${oneOf(names)}` : hint}`);
}
