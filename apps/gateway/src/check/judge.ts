import type { Problem } from '@plimsoll/config';

import { compose } from '../compose.ts';
import { hostProblem } from '../loopback.ts';
import { problemOf, type Settings } from '../settings.ts';

/** What is right and wrong with a configuration. */
export interface Judgement {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Empty where there are errors that keep the file from being understood. */
  readonly pools: readonly {
    readonly name: string;
    readonly strategy: string;
    readonly targets: readonly string[];
  }[];
}

/** What the file itself says, and what its plugins say of their options. */
export async function judge(settings: Settings): Promise<Judgement> {
  const { config, errors, warnings, problem } = settings;
  if (config === undefined) return { errors, warnings, pools: [] };
  const composition = await compose(config, settings.folder);
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
