import type { Notes } from '../difference.ts';
import type { SourceFields } from '../source-fields.ts';

const strategies: Readonly<Record<string, string>> = {
  'simple-shuffle': 'random',
  'least-busy': 'least-busy',
  'usage-based-routing': 'quota-headroom',
  'usage-based-routing-v2': 'quota-headroom',
  'latency-based-routing': 'latency',
  'cost-based-routing': 'cost',
};

const differs: Readonly<Record<string, string>> = {
  'quota-headroom':
    'compares what is left of the limits, as a share of them, not the tokens used in this minute',
  latency:
    'weighs time to the first content and time per token, and sends slow targets less rather than nothing',
  cost: 'takes prices that the file does not state from a table of its own',
};

/** The strategy that all groups have. */
export function readStrategy(router: SourceFields | undefined, notes: Notes): string {
  const named = router?.text('routing_strategy');
  if (router === undefined || named === undefined) return 'random';
  const use = Object.hasOwn(strategies, named) ? strategies[named]! : undefined;
  const path = router.at('routing_strategy');
  if (use === undefined)
    notes.add(
      path,
      `"${named}" is not known to the importer; random is taken, as LiteLLM does where nothing is stated`,
    );
  else if (differs[use] !== undefined) notes.add(path, `is ${use}, which ${differs[use]}`);
  return use ?? 'random';
}
