import { parse } from 'yaml';

import type { ConfigFile } from '../../define-config.ts';
import { type Imported, Notes } from '../difference.ts';
import { isMapping, SourceFields } from '../source-fields.ts';
import { writeYaml } from '../write-yaml.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { whyOfGeneral, whyOfLiteLLM, whyOfRouter, whyOfSections } from './left-out.ts';
import { placeTargets, poolOf, readStrategy, readTakeovers } from './model-groups.ts';
import { readMasterKey, readSharedPolicies, readState } from './settings.ts';

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

/** What LiteLLM does only where it checks deployments before it calls them, and what is always done here. */
function noteChecks(
  groups: ReadonlyMap<string, readonly Deployment[]>,
  router: SourceFields | undefined,
  strategy: string,
  notes: Notes,
): void {
  const isChecked = router?.flag('enable_pre_call_checks') === true;
  const limited = [...groups.values()]
    .flat()
    .filter(({ stated: { rpm, tpm } }) => rpm !== undefined || tpm !== undefined);
  const ordered = [...groups.values()].flat().find(({ order }) => order !== undefined);
  if (ordered !== undefined && !isChecked) {
    const path = [...ordered.path, 'litellm_params', 'order'];
    notes.add(path, 'counts; LiteLLM heeds it with enable_pre_call_checks only');
  }
  if (isChecked || strategy === 'quota-headroom' || limited.length === 0) return;
  const count = limited.length === 1 ? 'it' : `these ${limited.length} deployments`;
  notes.add(
    limited[0]!.path,
    `rpm and tpm are enforced: requests to ${count} wait or go elsewhere; LiteLLM only draws by them`,
  );
}

function noteTags(
  groups: ReadonlyMap<string, readonly Deployment[]>,
  router: SourceFields | undefined,
  notes: Notes,
): void {
  const tagged = [...groups.values()].flat().filter(({ target }) => target.tags !== undefined);
  const isOn = router?.flag('enable_tag_filtering');
  if (tagged.length === 0) return;
  const path = [...tagged[0]!.path, 'litellm_params', 'tags'];
  if (isOn !== true) notes.add(path, 'count: requests may ask for tags in x-plimsoll-tags');
  else
    notes.add(
      path,
      'are asked for in x-plimsoll-tags, all of them at once; requests without go to every target, be it tagged or not',
    );
}
