import type { Notes } from '../difference.ts';
import type { SourceFields } from '../source-fields.ts';
import { whyOfTarget } from './left-out.ts';
import { readLeaf, type TargetFile } from './leaf.ts';
import { drawn, inOrder, levelsOf, type Plan } from './plan.ts';
import { spelled } from './spelled.ts';

/** What stands at nodes of the tree and holds for the whole pool here. */
export interface Waits {
  /** Milliseconds a request may take, of each node that says so. */
  readonly timeoutsMs: number[];
}

/** Reads a node of Portkey's tree; undefined where no target of it could be taken over. */
export function readPlan(
  source: SourceFields,
  notes: Notes,
  waits: Waits,
  freeId: (wanted: string) => string,
): Plan | undefined {
  readPolicies(source, notes, waits);
  const strategy = source.fields('strategy');
  if (!source.has('targets')) {
    strategy?.refuse('mode', 'is left out: there are no targets to choose from');
    strategy?.refuseRest();
    const target: TargetFile | undefined = readLeaf(source, notes, freeId);
    return target && levelsOf([{ target, weight: 1 }]);
  }
  const children = source.allFields('targets').map((child) => ({
    name: child.text('name'),
    weight: child.number('weight', 0, 'a number >= 0') ?? 1,
    plan: readPlan(child, notes, waits, freeId),
  }));
  const kept = children.flatMap(({ plan, ...child }) =>
    plan === undefined ? [] : [{ ...child, plan }],
  );
  const mode = strategy?.text('mode') ?? 'single';
  const at = strategy?.at('mode') ?? source.at('targets');
  const plan = planOf(mode);
  const codes = strategy && spelled(strategy, 'on_status_codes');
  if (codes !== undefined) strategy!.refuse(codes, whyOfTarget['on_status_codes']!);
  strategy?.refuseRest();
  // What a target has and a node with targets has not.
  source.take('name');
  source.take('weight');
  source.refuseRest(whyOfTarget);
  return plan;

  function planOf(wanted: string): Plan | undefined {
    switch (wanted) {
      case 'loadbalance': {
        const drawable = kept.filter(({ weight }) => weight > 0);
        if (drawable.length > 1) {
          notes.add(
            at,
            'draws by the weights and tries another target when one fails; Portkey answers the failure',
          );
        }
        for (const { plan: inner } of drawable) noteInner(inner);
        return kept.length === 0
          ? undefined
          : drawn(drawable.length === 0 ? kept.map((one) => ({ ...one, weight: 1 })) : kept);
      }
      case 'fallback':
        if (kept.length > 1) {
          notes.add(
            at,
            'goes on after failures that another target may not have; one that keeps failing is left out for a while, and a bad request is answered at once',
          );
        }
        return kept.length === 0 ? undefined : inOrder(kept.map(({ plan: inner }) => inner));
      case 'conditional':
        return conditional();
      case 'single':
        if (children.length > 1)
          notes.add(
            source.at('targets'),
            'only the first target counts, as in Portkey; the others are left out',
          );
        return children[0]?.plan;
      default:
        notes.add(at, `"${wanted}" is not known to the importer; fallback is taken`);
        return kept.length === 0 ? undefined : inOrder(kept.map(({ plan: inner }) => inner));
    }
  }

  function noteInner(inner: Plan): void {
    if (inner.kind === 'levels' && inner.levels.length === 1) return;
    const message =
      inner.kind === 'levels'
        ? 'a part with fallbacks of its own shares them: what fails is tried at the other parts first'
        : 'a part with conditions is drawn as what it is where none of them holds';
    notes.add(source.at('targets'), message);
  }

  function conditional(): Plan | undefined {
    const find = (
      name: string | undefined,
      path: readonly (string | number)[],
    ): Plan | undefined => {
      const child = children.find((one) => one.name !== undefined && one.name === name);
      if (child === undefined) notes.add(path, `names no target, and is left out`);
      else if (child.plan === undefined)
        notes.add(path, 'names a target that is left out, and is left out with it');
      return child?.plan;
    };
    const branches = (strategy?.allFields('conditions') ?? []).flatMap((condition) => {
      const query = condition.take('query');
      const branch = find(condition.text('then'), condition.at('then'));
      condition.refuseRest();
      return branch === undefined ? [] : [{ query, plan: branch, path: condition.path }];
    });
    const usual = strategy?.text('default');
    const otherwise = usual === undefined ? undefined : find(usual, strategy!.at('default'));
    if (branches.length === 0) return otherwise;
    return { kind: 'conditional', branches, otherwise, path: at };
  }
}

/** Policies that Portkey has at every node. */
function readPolicies(source: SourceFields, notes: Notes, waits: Waits): void {
  const key = spelled(source, 'request_timeout');
  const timeoutMs = source.number(key, 1, 'a number of milliseconds >= 1');
  if (timeoutMs !== undefined) {
    waits.timeoutsMs.push(timeoutMs);
    notes.add(
      source.at(key),
      'bounds a whole request to the pool, all attempts at all its targets included; the longest counts',
    );
  }
  const retry = source.fields('retry');
  if (retry === undefined) return;
  retry.refuse(
    'attempts',
    'is not counted for each request: a budget of 0.2 retries per request bounds them, and other targets are tried before the same one again',
  );
  retry.refuse(spelled(retry, 'on_status_codes'), whyOfTarget['on_status_codes']!);
  retry.refuse(
    spelled(retry, 'use_retry_after_header'),
    'is left out: what a provider says of waiting is always followed',
  );
  retry.refuseRest();
}
