import { ExitCode } from '../exit-code.ts';
import type { Painter } from '../terminal/painter.ts';
import { padded, wrapped } from '../terminal/text.ts';
import type { Command, Option } from './command.ts';

/** Lines of prose are no longer than this, however wide the terminal is. */
const MOST_COLUMNS = 100;

/** Exit codes that mean the same in every command. */
const COMMON: Readonly<Partial<Record<ExitCode, string>>> = {
  [ExitCode.done]: 'done',
  [ExitCode.usage]: 'wrong command line, or no such file',
};

/** What `plimsoll --help` prints. */
export function overview(commands: readonly Command[], columns: number, paint: Painter): string {
  const width =
    Math.max(...commands.map(({ name, argument }) => name.length + argument.length)) + 3;
  return [
    `${paint('bold', 'Usage:')} plimsoll COMMAND [options]`,
    '',
    ...section('Commands', paint),
    ...commands.flatMap(({ name, argument, summary }) =>
      entry(`${name} ${argument}`, width, summary, columns),
    ),
    '',
    ...section('Options', paint),
    ...entry('-h, --help', width, 'this, or with a command its own help', columns),
    ...entry('--version', width, 'the version', columns),
    '',
    ...section('Exit codes', paint),
    ...wrapped(
      '0 done, 1 failed, 2 wrong command line or no such file, 3 wrong configuration, 4 what was asked about is not ' +
        'well: the help of check, explain, import and top says what that is',
      Math.min(columns, MOST_COLUMNS),
      2,
    ),
    '',
    'plimsoll COMMAND --help says more of one.',
  ].join('\n');
}

/** What `plimsoll COMMAND --help` prints. */
export function helpOf(command: Command, columns: number, paint: Painter): string {
  const { name, argument, description, options, examples } = command;
  const lines = Math.min(columns, MOST_COLUMNS);
  const shown = Object.entries(options).map(([long, option]) => ({
    term: termOf(long, option),
    option,
  }));
  const width = Math.max(...shown.map(({ term }) => term.length)) + 2;
  const codes = Object.entries({ ...COMMON, ...command.exitCodes });
  const usage = ['plimsoll', name, argument, '[options]'].filter((part) => part !== '').join(' ');
  return [
    `${paint('bold', 'Usage:')} ${usage}`,
    ...description.flatMap((paragraph) => ['', ...wrapped(paragraph, lines)]),
    '',
    ...section('Options', paint),
    ...shown.flatMap(({ term, option: { help, usually } }) =>
      entry(term, width, usually === undefined ? help : `${help}  (default ${usually})`, columns),
    ),
    '',
    ...section('Examples', paint),
    ...examples.map((example) => `  plimsoll ${example}`),
    '',
    ...section('Exit codes', paint),
    ...codes.flatMap(([code, meaning]) => entry(code, 3, meaning, columns)),
  ].join('\n');
}

function section(title: string, paint: Painter): string[] {
  return [paint('bold', title)];
}

/** A term and what it means, beside it, or below it where the terminal is narrow. */
function entry(term: string, width: number, meaning: string, columns: number): string[] {
  const lines = Math.min(columns, MOST_COLUMNS);
  const isNarrow = lines - width < 30;
  const indent = isNarrow ? 6 : width + 2;
  const [first = '', ...rest] = wrapped(meaning, lines, indent);
  if (isNarrow) return [`  ${term}`, first, ...rest];
  return [`  ${padded(term, width)}${first.trimStart()}`, ...rest];
}

function termOf(long: string, { short, value }: Option): string {
  const name = value === undefined ? `--${long}` : `--${long} ${value}`;
  return short === undefined ? `    ${name}` : `-${short}, ${name}`;
}
