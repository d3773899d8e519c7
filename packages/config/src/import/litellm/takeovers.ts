import type { Path } from '../../problem.ts';
import type { Notes } from '../difference.ts';
import { isMapping, type SourceFields } from '../source-fields.ts';
import type { Groups } from './deployment.ts';

/** What takes over from a group. */
export interface Takeover {
  readonly group: string;
  /** Why, as a rule's name says it. */
  readonly kind: 'fallback' | 'context window' | 'content policy';
}

/** Takeovers by group. */
export type Takeovers = ReadonlyMap<string, readonly Takeover[]>;

const kinds = [
  ['fallbacks', 'fallback'],
  ['context_window_fallbacks', 'context window'],
  ['content_policy_fallbacks', 'content policy'],
] as const;

/** @param places - where fallbacks may stand; all that are stated count. */
export function readTakeovers(
  places: readonly SourceFields[],
  groups: Groups,
  notes: Notes,
): Takeovers {
  const found = new Map<string, Takeover[]>();
  const add = (group: string, kind: Takeover['kind'], names: unknown, path: Path): void => {
    if (!groups.has(group)) {
      notes.add(path, `"${group}" is no model group of the result, and is left out`);
      return;
    }
    for (const [index, name] of [names].flat().entries()) {
      const by = isMapping(name) ? (name as { model?: unknown }).model : name;
      if (isMapping(name))
        notes.add(
          [...path, index],
          'is taken as the name of a model group; its parameters are left out',
        );
      const other = typeof by === 'string' ? groupOf(by, groups) : undefined;
      if (other === undefined) {
        notes.add([...path, index], 'names no model group of the result, and is left out');
      } else if (other !== group) {
        found.set(group, [...(found.get(group) ?? []), { group: other, kind }]);
      } else if (by !== group) {
        notes.add([...path, index], 'is left out: it is of the group itself, and tried there');
      }
    }
  };
  for (const place of places) {
    for (const [key, kind] of kinds) {
      for (const entry of place.allFields(key)) {
        for (const name of entry.names) {
          const after = entry.take(name);
          if (name === '*')
            for (const group of groups.keys()) add(group, kind, after, entry.at(name));
          else add(name, kind, after, entry.at(name));
        }
      }
      if (!place.has(key)) continue;
      if (kind === 'context window')
        notes.add(
          place.at(key),
          'also takes over when nothing else can: which requests are too long is told by capabilities.contextWindow of targets, where it is stated',
        );
      if (kind === 'content policy')
        notes.add(
          place.at(key),
          'also takes over when nothing else can; retry.policyFailover lets other targets of the pool try what a policy refused',
        );
    }
    const always = place.list('default_fallbacks');
    for (const group of always.length === 0 ? [] : groups.keys()) {
      if (found.has(group)) continue;
      add(
        group,
        'fallback',
        always.filter((name) => name !== group),
        place.at('default_fallbacks'),
      );
    }
  }
  return found;
}

/** A name of a group, or the id of a deployment, which stands for its group. */
function groupOf(name: string, groups: Groups): string | undefined {
  if (groups.has(name)) return name;
  for (const [group, deployments] of groups) {
    if (deployments.some(({ target }) => target.id === name)) return group;
  }
  return undefined;
}
