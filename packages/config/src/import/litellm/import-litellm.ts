import { parse } from 'yaml';

import type { ConfigFile } from '../../define-config.ts';
import { type Imported, Notes } from '../difference.ts';
import { isMapping, SourceFields } from '../source-fields.ts';
import { writeYaml } from '../write-yaml.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { whyOfGeneral, whyOfLiteLLM, whyOfRouter, whyOfSections } from './left-out.ts';
import { poolOf } from './group-pool.ts';
import { readStrategy } from './group-strategy.ts';
import { readMasterKey } from './master-key.ts';
import { placeTargets } from './place-targets.ts';
import { noteChecks, noteTags } from './remarks.ts';
import { readSharedPolicies } from './shared-policies.ts';
import { readState } from './state.ts';
import { readTakeovers } from './takeovers.ts';

/**
 * Makes a configuration of a `config.yaml` of the LiteLLM proxy: each model group becomes a pool, each deployment a target.
 * Throws nothing: what differs in meaning, and what is left out, is in `differences`.
 *
 * Source: https://docs.litellm.ai/docs/proxy/config_settings and the pages it leads to, as of November 2026.
 */
export function importLiteLLM(text: string): Imported {
  const notes = new Notes();
  const nothing = (message: string): Imported => {
    notes.add([], message);
    return { yaml: undefined, differences: differences(notes) };
  };
  let data: unknown;
  try {
    data = parse(text, { merge: true, logLevel: 'error' });
  } catch (error) {
    return nothing(`The source is no YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (!isMapping(data)) return nothing('The source is no mapping with model_list.');
  const source = new SourceFields(data, [], notes);
  const config = convert(source, notes);
  if (config === undefined)
    return nothing(
      'Nothing of the source could be taken over: there is no model that can be reached.',
    );
  return {
    yaml: writeYaml(config, 'a configuration of LiteLLM', notes.all),
    differences: differences(notes),
  };
}

function differences({ all }: Notes): Imported['differences'] {
  return all.map(({ path, message }) => ({ path, message }));
}

function convert(source: SourceFields, notes: Notes): ConfigFile | undefined {
  const groups = readGroups(source, notes);
  const router = source.fields('router_settings');
  const litellm = source.fields('litellm_settings');
  const general = source.fields('general_settings');
  const places = [router, litellm].filter((place) => place !== undefined);

  const strategy = readStrategy(router, notes);
  const policies = readSharedPolicies(places, notes);
  const takeovers = readTakeovers(places, groups, notes);
  const state = readState(router, notes);
  const access = readMasterKey(general, notes);
  placeTargets(groups, strategy, notes);
  noteChecks(groups, router, strategy, notes);

  const pools: ConfigFile['pools'] = {};
  for (const group of groups.keys()) {
    pools[group] = poolOf(group, groups, takeovers.get(group) ?? [], strategy, policies, notes);
  }
  addAliases(pools, router, notes);
  noteTags(groups, router, notes);

  router?.refuseRest(whyOfRouter);
  litellm?.refuseRest(whyOfLiteLLM);
  general?.refuseRest(whyOfGeneral);
  source.refuseRest(whyOfSections);
  if (groups.size === 0) return undefined;
  const targets = [...groups.values()].flat().map(({ target }) => target);
  const isPriced = targets.every(({ price }) => price !== undefined);
  return {
    targets,
    pools,
    ...access,
    ...(strategy === 'cost' && !isPriced ? { prices: 'table' } : {}),
    ...(state === undefined ? {} : { state }),
  };
}

function readGroups(source: SourceFields, notes: Notes): Map<string, Deployment[]> {
  const groups = new Map<string, Deployment[]>();
  const entries = source.allFields('model_list');
  const sizes = new Map<unknown, number>();
  for (const entry of entries) {
    const name = entry.take('model_name');
    sizes.set(name, (sizes.get(name) ?? 0) + 1);
  }
  const ids = new Set<string>();
  /** The stated id, or one made of the group's name, that no other target has. */
  const freeId = (group: string, stated: string | undefined): string => {
    const isAlone = stated !== undefined || sizes.get(group) === 1;
    let id = stated ?? (isAlone ? group : `${group}-1`);
    for (let count = 2; ids.has(id); count++) id = `${stated ?? group}-${count}`;
    ids.add(id);
    return id;
  };
  for (const entry of entries) {
    const deployment = readDeployment(entry, notes, freeId);
    if (deployment === undefined) continue;
    groups.set(deployment.group, [...(groups.get(deployment.group) ?? []), deployment]);
  }
  return groups;
}

function addAliases(
  pools: ConfigFile['pools'],
  router: SourceFields | undefined,
  notes: Notes,
): void {
  const aliases = router?.fields('model_group_alias');
  for (const alias of aliases?.names ?? []) {
    const stated = aliases!.take(alias);
    const group = isMapping(stated) ? (stated as { model?: unknown }).model : stated;
    const pool =
      typeof group === 'string' && Object.hasOwn(pools, group) ? pools[group] : undefined;
    if (pool === undefined)
      notes.add(aliases!.at(alias), 'names no model group of the result, and is left out');
    else if (Object.hasOwn(pools, alias))
      notes.add(aliases!.at(alias), 'is a model group itself, and is left out');
    else pools[alias] = pool;
    if (isMapping(stated) && (stated as { hidden?: unknown }).hidden === true) {
      notes.add([...aliases!.at(alias), 'hidden'], 'is left out: /v1/models tells every pool');
    }
  }
}
