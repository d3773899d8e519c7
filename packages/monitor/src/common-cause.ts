import type { TargetWatch } from './target-watch.ts';
import { failuresBefore } from './trouble.ts';

/** Targets that were lost within this time of each other may have one cause, in milliseconds. */
const TOGETHER_MS = 15_000;

interface Loss {
  readonly provider: string;
  readonly atMs: number;
  /** Whether no connection could be had. */
  readonly isConnection: boolean;
  readonly label: string;
}

/**
 * What the failures of several targets have in common: of several providers within seconds, connections that failed
 * point to this machine's network; of all targets of one provider, to that provider.
 */
export function commonCause(watches: readonly TargetWatch[]): string | null {
  const losses = watches.map(lossOf);
  const lost = losses.filter((loss) => loss !== undefined);
  const network = lost.filter(({ isConnection }) => isConnection);
  const providers = new Set(network.map(({ provider }) => provider));
  if (providers.size > 1 && isTogether(network)) {
    const seconds = spanSeconds(network);
    const refused = network.every(({ label }) => label === 'connection refused');
    const how = refused ? 'refused connections' : 'failed connections';
    return `${numeral(providers.size)} providers failed within ${seconds} s with ${how}: look at this machine’s network first.`;
  }
  const names = new Set(watches.map(nameOf));
  const out = [...names].filter((name) => {
    const own = losses.filter((_, index) => nameOf(watches[index]!) === name);
    const known = own.filter((loss) => loss !== undefined);
    return own.length > 1 && known.length === own.length && isTogether(known);
  });
  const [name] = out;
  if (name === undefined || out.length > 1) return null;
  const own = lost.filter(({ provider }) => provider === name);
  const labels = new Set(own.map(({ label }) => label));
  const how = labels.size === 1 ? `, all with ${own[0]!.label}` : '';
  return `All ${own.length} targets of ${name} failed within ${spanSeconds(own)} s${how}: look at that provider’s status first.`;
}

/** When and how a target's breaker opened that is not closed again. */
function lossOf(watch: TargetWatch): Loss | undefined {
  const { stats, trouble } = watch;
  if (trouble === undefined || (stats.state !== 'open' && stats.state !== 'half_open')) {
    return undefined;
  }
  const failures = failuresBefore(watch.recent, trouble.sinceMs);
  const last = failures.at(-1);
  if (last === undefined) return undefined;
  return {
    provider: nameOf(watch),
    // A breaker that a failed probe opened again was lost when it opened first.
    atMs: watch.lostAtMs ?? trouble.sinceMs,
    isConnection: failures.filter(({ isConnection }) => isConnection).length * 2 > failures.length,
    label: last.label,
  };
}

function nameOf({ target }: TargetWatch): string {
  return target.provider?.name ?? 'none';
}

function isTogether(losses: readonly Loss[]): boolean {
  const times = losses.map(({ atMs }) => atMs);
  return Math.max(...times) - Math.min(...times) <= TOGETHER_MS;
}

function spanSeconds(losses: readonly Loss[]): number {
  const times = losses.map(({ atMs }) => atMs);
  return Math.max(1, Math.ceil((Math.max(...times) - Math.min(...times)) / 1000));
}

function numeral(count: number): string {
  return ['Zero', 'One', 'Two', 'Three', 'Four', 'Five', 'Six'][count] ?? `${count}`;
}
