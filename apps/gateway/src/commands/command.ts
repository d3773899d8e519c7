import type { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** An option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Whether it may stand there several times. */
  readonly multiple?: true;
  /** What stands for its value in the help, such as `FILE`; a string option has one. */
  readonly value?: string;
  readonly help: string;
  /** What holds without it, for the help. */
  readonly usually?: string;
}

export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O['type'] extends 'boolean' ? boolean : string;

/** The values of options as they were typed; undefined where they were not. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]?: O[Name] extends { multiple: true }
    ? readonly ValueOf<O[Name]>[]
    : ValueOf<O[Name]>;
};

/** A command of `plimsoll`, with all that its help says. */
export interface CommandDefinition<O extends Options> {
  readonly name: string;
  /** What its arguments are called, such as `FILE`, with a space between two; empty where it takes none. */
  readonly argument: string;
  /** In a few words, for the list of commands. */
  readonly summary: string;
  /** What it does, in paragraphs. */
  readonly description: readonly string[];
  readonly options: O;
  /** Command lines that work, without `plimsoll`. */
  readonly examples: readonly string[];
  /** What it ends with and when, besides 0 and 2. */
  readonly exitCodes: Readonly<Partial<Record<ExitCode, string>>>;
  /** @throws UsageError on a value that is not accepted. */
  run(line: CommandLine<O>, terminal: Terminal): Promise<ExitCode>;
}

export interface CommandLine<O extends Options> {
  readonly values: Values<O>;
  /** What stood in the place of the first argument. */
  readonly argument: string | undefined;
  /** The arguments after it, at most as many as the command has names for. */
  readonly rest: readonly string[];
}

/** A command, whatever its options. */
export type Command = CommandDefinition<Options>;

/** Defines a command: `run` gets the values of the options that it states, by their types. */
export function command<const O extends Options>(definition: CommandDefinition<O>): Command {
  return definition;
}

/** The option that every command has. */
export const jsonOption = {
  type: 'boolean',
  help: 'print JSON for scripts',
} as const satisfies Option;
