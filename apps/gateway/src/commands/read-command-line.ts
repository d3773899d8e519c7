import { oneOf, suggestion } from '@plimsoll/config';
import { parseArgs } from 'node:util';

import type { Command, CommandLine, Options } from './command.ts';
import { UsageError } from './usage-error.ts';

/** Every command has it, and says what it does instead of doing it. */
const helpOption = { type: 'boolean', short: 'h', help: 'say how this command is used' } as const;

/** A command line without its command's name, or a call for help. */
export type Read = { readonly isHelp: true } | ({ readonly isHelp: false } & CommandLine<Options>);

/**
 * Reads what follows a command's name.
 *
 * @throws UsageError that names what is wrong, and what was probably meant.
 */
export function readCommandLine(command: Command, args: readonly string[]): Read {
  const options: Options = { ...command.options, help: helpOption };
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    // Strict would refuse with words of its own.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (values['help'] === true) return { isHelp: true };
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) throw unknownOption(command, token.rawName, Object.keys(options));
    if (option.type === 'boolean') {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
    } else if (token.value === undefined || isMistaken(token)) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.value}`);
    }
  }
  const [argument, ...rest] = positionals;
  const most = command.argument === '' ? 0 : command.argument.split(' ').length;
  const excess = positionals[most];
  if (excess !== undefined) throw new UsageError(`${command.name} takes no argument ${excess}`);
  return { isHelp: false, values: values as CommandLine<Options>['values'], argument, rest };
}

/** Whether another option stands where the value should; `-` alone is a value. */
function isMistaken(token: { value?: string; inlineValue?: boolean }): boolean {
  return token.inlineValue !== true && /^-./.test(token.value ?? '');
}

function unknownOption(command: Command, name: string, names: readonly string[]): UsageError {
  const long = names.map((one) => `--${one}`);
  const hint = suggestion(name, long);
  const words = hint === '' ? `; it takes ${oneOf(long)}` : hint;
  return new UsageError(`${command.name} has no option ${name}${words}`);
}
