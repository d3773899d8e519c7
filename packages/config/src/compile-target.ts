import type { LimitsConfig, TargetConfig } from './config.ts';
import { optionalMs } from './duration.ts';
import { presets } from './presets.ts';
import type { FileLimits, FileTarget } from './schema.ts';

export function compileTarget({ simulate, limits, ...target }: FileTarget): TargetConfig {
  const compiled: TargetConfig =
    limits === undefined
      ? target
      : { ...target, limits: compileLimits(limits, [{ provider: target.provider }]) };
  if (simulate === undefined) return compiled;
  const { firstToken, ...rest } = simulate;
  return { ...compiled, simulate: { ...rest, firstTokenMs: optionalMs(firstToken) } };
}

/**
 * Limits with durations in milliseconds, and what is known of how their provider counts where the file does not say.
 *
 * @param members - the targets that have them.
 */
export function compileLimits<Limits extends FileLimits>(
  { judging, guard, burst, ...limits }: Limits,
  members: readonly Pick<FileTarget, 'provider'>[],
): LimitsConfig & Pick<Limits, 'concurrency'> {
  const providers = new Set(members.map(({ provider }) => provider));
  const known = presets.find(({ name }) => providers.size === 1 && providers.has(name))?.quota;
  return {
    ...limits,
    accounting: limits.accounting ?? known?.accounting,
    judgingMs: optionalMs(judging) ?? (limits.rpm === undefined ? undefined : known?.judgingMs),
    guardMs: optionalMs(guard),
    burstRatio: burst,
  };
}
