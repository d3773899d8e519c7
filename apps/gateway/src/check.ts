import { type Environment, formatProblem, type Problem } from '@plimsoll/config';

import type { Command } from './command.ts';
import { compose } from './compose.ts';
import { ExitCode } from './exit-code.ts';
import { hostProblem } from './loopback.ts';
import { problemOf, readSettings, type Settings } from './settings.ts';

/** `plimsoll check`: says whether a configuration is right. */
export async function check(
  { config: file, isJson }: Extract<Command, { name: 'check' }>,
  env: Environment,
): Promise<ExitCode> {
  let settings: Settings;
  try {
    settings = await readSettings(file, env);
  } catch (error) {
    console.error(`plimsoll: ${(error as Error).message}`);
    return ExitCode.usage;
  }
  const { errors, warnings, pools } = await judge(settings);
  if (isJson) {
    console.log(JSON.stringify({ ok: errors.length === 0, errors, warnings, pools }, undefined, 2));
  } else {
    for (const error of errors) console.error(`error: ${formatProblem(error)}`);
    for (const warning of warnings) console.error(`warning: ${formatProblem(warning)}`);
    const names = pools.map(({ name }) => name).join(', ');
    if (errors.length === 0) console.log(`${file} is right; its pools: ${names}`);
  }
  return errors.length === 0 ? ExitCode.done : ExitCode.configuration;
}

interface Judgement {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly pools: readonly { name: string; strategy: string; targets: readonly string[] }[];
}

async function judge(settings: Settings): Promise<Judgement> {
  const { config, errors, warnings, folder, problem } = settings;
  if (config === undefined) return { errors, warnings, pools: [] };
  const composition = await compose(config, folder);
  await composition.close();
  const refused = hostProblem(config.server.host, config.clients !== undefined);
  return {
    errors: [
      ...(refused === undefined ? [] : [problem(['server', 'host'], refused)]),
      ...composition.errors.map((remark) => problemOf(settings, remark)),
    ],
    warnings: [...warnings, ...composition.warnings.map((remark) => problemOf(settings, remark))],
    pools: config.pools.map(({ name, strategy, targets }) => ({
      name,
      strategy: strategy.use,
      targets,
    })),
  };
}
