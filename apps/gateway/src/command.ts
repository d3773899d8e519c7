import { type ParseArgsConfig, parseArgs } from 'node:util';

import type { Environment } from '@plimsoll/config';

/** A command line, understood. */
export type Command =
  | { readonly name: 'help' }
  | {
      readonly name: 'serve';
      readonly config: string | undefined;
      /** Overrides the configuration's. */
      readonly port: number | undefined;
      /** Overrides the configuration's. */
      readonly host: string | undefined;
    }
  | { readonly name: 'check'; readonly config: string; readonly isJson: boolean };

const options = {
  config: { type: 'string', short: 'c' },
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

export const help = `Usage: plimsoll <command> [options]

Commands
  serve          answer requests; without a configuration, from the provider keys in the
                 environment, or from simulated targets when there are none
  check FILE     say whether a configuration is right

Options of serve
  -c, --config FILE    the configuration, YAML or JSON
  -p, --port PORT      where to listen, 0 for any free port; also PLIMSOLL_PORT  (default 8787)
      --host HOST      the address to listen on  (default 127.0.0.1)

Options of check
      --json           print the result as JSON

Exit codes
  0  done    1  could not start    2  wrong command line    3  wrong configuration
`;

/**
 * Reads the command line.
 *
 * @throws Error in words for the person who typed it.
 */
export function readCommand(args: readonly string[], env: Environment): Command {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [name, ...rest] = positionals;
  if (values.help === true || name === 'help') return { name: 'help' };
  switch (name) {
    case 'serve': {
      refuse(name, rest, values, ['config', 'port', 'host']);
      const port =
        readPort('--port', values.port) ?? readPort('PLIMSOLL_PORT', env['PLIMSOLL_PORT']);
      return { name, config: values.config, port, host: values.host };
    }
    case 'check': {
      const [file, ...more] = values.config === undefined ? rest : [values.config, ...rest];
      refuse(name, more, values, ['config', 'json']);
      if (file === undefined) throw new Error('check needs the file to check: plimsoll check FILE');
      return { name, config: file, isJson: values.json === true };
    }
    case undefined:
      throw new Error('a command is missing: serve or check');
    default:
      throw new Error(`there is no command ${name}; there are serve and check`);
  }
}

function refuse(
  command: string,
  positionals: readonly string[],
  values: object,
  accepted: readonly string[],
): void {
  if (positionals.length > 0) throw new Error(`${command} takes no argument ${positionals[0]}`);
  const wrong = Object.keys(values).find((name) => !accepted.includes(name));
  if (wrong !== undefined) throw new Error(`${command} has no option --${wrong}`);
}

function readPort(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`${name} must be a port, 0 to 65535, got ${JSON.stringify(text)}`);
}
