import { durationMs, durationPattern } from '@plimsoll/config';

import { UsageError } from './usage-error.ts';

/** Reads the value of an option; undefined where the option was not given. */
export type Reader<T> = (name: string, text: string | undefined) => T | undefined;

export const readPort: Reader<number> = reader('a port, 0 to 65535', (text) => {
  const port = Number(text);
  return /^\d+$/.test(text) && port <= 65_535 ? port : undefined;
});

/** Milliseconds. */
export const readDuration: Reader<number> = reader('a time such as 500ms, 30s, 10m or 1h', (text) =>
  durationPattern.test(text) ? durationMs(text) : undefined,
);

export const readCount: Reader<number> = reader('an integer >= 1', (text) =>
  /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined,
);

export const readUrl: Reader<URL> = reader('an http or https URL', (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
});

/** A reader of what `read` finds no undefined in. */
export function reader<T>(accepted: string, read: (text: string) => T | undefined): Reader<T> {
  return (name, text) => {
    if (text === undefined) return undefined;
    const value = read(text);
    if (value === undefined) {
      throw new UsageError(`${name} must be ${accepted}, got ${JSON.stringify(text)}`);
    }
    return value;
  };
}

/** The configuration's file, as the argument or as `--config`. */
export function readFileName(
  command: string,
  { config }: { readonly config?: string },
  argument: string | undefined,
): string {
  if (config !== undefined && argument !== undefined) {
    throw new UsageError(`${command} takes one file, not ${argument} and ${config}`);
  }
  const file = config ?? argument;
  if (file === undefined) {
    throw new UsageError(`${command} needs a configuration: plimsoll ${command} FILE`);
  }
  return file;
}

export const configOption = {
  type: 'string',
  short: 'c',
  value: 'FILE',
  help: 'the configuration, YAML or JSON',
} as const;
