import type { ConfigFile } from '../../define-config.ts';
import type { Path } from '../../problem.ts';
import type { Notes } from '../difference.ts';
import { literal } from '../reference.ts';
import type { SourceFields } from '../source-fields.ts';
import { addressOf, keyOf, organizationOf, versionOf } from './deployment-access.ts';
import {
  capabilitiesOf,
  given,
  isAmount,
  isPrice,
  nonEmpty,
  priceOf,
  whole,
} from './deployment-facts.ts';
import { whyOfEntry, whyOfModelInfo, whyOfParams } from './left-out.ts';
import { meantModel } from './litellm-route.ts';

export type TargetFile = NonNullable<ConfigFile['targets']>[number];

/** What LiteLLM's shuffle draws by: the first of these that is stated. */
export const shares = ['weight', 'rpm', 'tpm'] as const;

/** One entry of `model_list`, understood. */
export interface Deployment {
  /** Its `model_name`. */
  readonly group: string;
  readonly target: TargetFile;
  readonly stated: Readonly<Partial<Record<(typeof shares)[number], number | undefined>>>;
  readonly order: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly streamTimeoutSeconds: number | undefined;
  readonly path: Path;
}

/** Deployments by their group, in the order of the file. */
export type Groups = ReadonlyMap<string, readonly Deployment[]>;

const isSeconds = 'a number of seconds above 0';

/**
 * Reads an entry of `model_list`.
 *
 * @param freeId - makes an id that no other target has.
 */
export function readDeployment(
  entry: SourceFields,
  notes: Notes,
  freeId: (group: string, stated: string | undefined) => string,
): Deployment | undefined {
  const group = entry.text('model_name');
  const params = entry.fields('litellm_params');
  const info = entry.fields('model_info');
  const name = params?.text('model');
  if (group === undefined || params === undefined || name === undefined) {
    notes.add(entry.path, 'has no model_name, or no litellm_params.model, and is left out');
    return undefined;
  }
  const meant = meantModel(name, params.text('custom_llm_provider'));
  if ('problem' in meant) {
    notes.add(params.at('model'), meant.problem);
    return undefined;
  }
  const { route, api } = meant;
  const model = modelFor(group, meant.model);
  if (model === undefined) {
    const message = `would be asked for under ${group}, which is not what ${api} calls its models; it is left out`;
    notes.add(params.at('model'), message);
    return undefined;
  }
  const baseUrl = addressOf(params, api, notes) ?? route.baseUrl;
  if (baseUrl === 'wrong') return undefined;
  const apiKey = keyOf(
    params,
    route.variable,
    baseUrl !== undefined && route.baseUrl === undefined,
    notes,
  );
  if (apiKey === 'wrong') return undefined;

  const id = freeId(group, info?.text('id'));
  if (route.baseUrl !== undefined && route.lack !== undefined) {
    notes.add(entry.path, `${api} is spoken to in OpenAI's form: ${route.lack}`, literal(id));
  }
  // LiteLLM takes limits beside the parameters, too.
  const amount = (key: string): number | undefined =>
    params.number(key, 1, isAmount) ??
    entry.number(key, 1, isAmount) ??
    info?.number(key, 1, isAmount);
  const rpm = amount('rpm');
  const tpm = amount('tpm');
  const limits = given({ rpm, tpm, concurrency: whole(params, 'max_parallel_requests', notes) });
  const region = params.text('region_name');
  const target = given({
    id: literal(id),
    provider: route.provider,
    model: literal(model),
    apiKey,
    baseUrl,
    apiVersion: versionOf(params, route.provider === 'azure', notes),
    organization: organizationOf(params, notes),
    region: region && literal(region),
    tags: nonEmpty(params.texts('tags').map(literal)),
    price: priceOf(params, info, notes),
    limits: nonEmpty(limits),
    capabilities: capabilitiesOf(info, notes),
  }) as unknown as TargetFile;
  const deployment = {
    group,
    target,
    stated: given({ weight: params.number('weight', 0, isPrice), rpm, tpm }),
    order: params.number('order', 0, 'a number >= 0'),
    timeoutSeconds: params.number('timeout', Number.MIN_VALUE, isSeconds),
    streamTimeoutSeconds: params.number('stream_timeout', Number.MIN_VALUE, isSeconds),
    path: entry.path,
  };
  params.refuseRest(whyOfParams);
  info?.refuseRest(whyOfModelInfo);
  entry.refuseRest(whyOfEntry);
  return deployment;
}

/** The name the model is asked for by; undefined where it would have to be made of a part of the client's. */
function modelFor(group: string, model: string): string | undefined {
  if (!model.includes('*')) return model;
  return model === group || (model === '*' && group === '*') ? '*' : undefined;
}
