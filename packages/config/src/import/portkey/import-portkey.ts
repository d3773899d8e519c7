import type { ConfigFile } from '../../define-config.ts';
import { type Imported, Notes } from '../difference.ts';
import { durationText } from '../duration-text.ts';
import { isMapping, SourceFields } from '../source-fields.ts';
import { writeYaml } from '../write-yaml.ts';
import { targetsOf } from './plan.ts';
import { place } from './place-plan.ts';
import { poolOf } from './plan-pool.ts';
import { readPlan, type Waits } from './read-plan.ts';
import { modelsOf, settle } from './settle.ts';

/**
 * Makes a configuration of a config of the Portkey gateway. It becomes one pool for any model, or, where conditions look at
 * the model, a pool for each that they name. Throws nothing: what differs in meaning, and what is left out, is in
 * `differences`.
 *
 * Source: https://portkey.ai/docs/api-reference/inference-api/config-object, as of November 2026.
 */
export function importPortkey(text: string): Imported {
  const notes = new Notes();
  const nothing = (message: string): Imported => {
    notes.add([], message);
    return { yaml: undefined, differences: differences(notes) };
  };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return nothing(`The source is no JSON: ${(error as Error).message}`);
  }
  if (!isMapping(data)) return nothing('The source is no object with targets, or with a provider.');
  const config = convert(new SourceFields(data, [], notes), notes);
  if (config === undefined)
    return nothing(
      'Nothing of the source could be taken over: there is no target that can be reached.',
    );
  return {
    yaml: writeYaml(config, 'a config of Portkey', notes.all),
    differences: differences(notes),
  };
}

function differences({ all }: Notes): Imported['differences'] {
  return all.map(({ path, message }) => ({ path, message }));
}

function convert(source: SourceFields, notes: Notes): ConfigFile | undefined {
  const ids = new Set<string>();
  const freeId = (wanted: string): string => {
    let id = wanted;
    for (let count = 2; ids.has(id); count++) id = `${wanted}-${count}`;
    ids.add(id);
    return id;
  };
  const waits: Waits = { timeoutsMs: [] };
  const plan = readPlan(source, notes, waits, freeId);
  if (plan === undefined) return undefined;
  place(plan);
  const retry =
    waits.timeoutsMs.length === 0
      ? undefined
      : { total: durationText(Math.max(...waits.timeoutsMs)) };
  const pools: ConfigFile['pools'] = {};
  for (const model of [...new Set(modelsOf(plan)), undefined]) {
    const settled = settle(plan, model, notes);
    if (settled === undefined) continue;
    pools[model ?? '*'] = { ...poolOf(settled, notes), ...(retry && { retry }) };
  }
  if (Object.keys(pools).length === 0) return undefined;
  const used = new Set(Object.values(pools).flatMap(({ targets }) => targets));
  return { targets: targetsOf(plan).filter(({ id }) => used.has(id)), pools };
}
