import type { ConfigFile } from '../../define-config.ts';
import type { Path } from '../../problem.ts';
import type { Notes } from '../difference.ts';
import { headerText } from '../header-text.ts';
import { literal, referenceTo } from '../reference.ts';
import type { SourceFields } from '../source-fields.ts';
import { whyOfModelInfo, whyOfParams } from './left-out.ts';
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

const isAmount = 'a number >= 1';
const isPrice = 'a number >= 0';
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
  entry.refuseRest();
  return deployment;
}

/** The name the model is asked for by; undefined where it would have to be made of a part of the client's. */
function modelFor(group: string, model: string): string | undefined {
  if (!model.includes('*')) return model;
  return model === group || (model === '*' && group === '*') ? '*' : undefined;
}

function addressOf(params: SourceFields, api: string, notes: Notes): string | undefined {
  const key = params.has('api_base') ? 'api_base' : 'base_url';
  const stated = params.text(key);
  if (params.has('base_url')) params.take('base_url');
  if (stated === undefined) return api.startsWith('azure') ? '${AZURE_API_BASE}' : undefined;
  if (stated.startsWith('os.environ/'))
    return environmentOr(stated, params.at(key), notes) ?? 'wrong';
  if (!/^https?:\/\//.test(stated) || !URL.canParse(stated)) {
    notes.add(params.at(key), 'is no http(s) address; the deployment is left out');
    return 'wrong';
  }
  // LiteLLM speaks to Ollama by its own API, which is beside the OpenAI-compatible one.
  const isNative = api.startsWith('ollama') && !/\/v1\/?$/.test(stated);
  return literal(isNative ? `${stated.replace(/\/$/, '')}/v1` : stated);
}

/** @param isOwnPlace - whether the API is at an address of the deployment's own. */
function keyOf(
  params: SourceFields,
  variable: string | undefined,
  isOwnPlace: boolean,
  notes: Notes,
): string | undefined {
  const stated = params.text('api_key');
  if (stated === undefined) {
    if (variable === undefined) return undefined;
    if (!isOwnPlace || variable === 'AZURE_API_KEY') return `\${${variable}}`;
    const message = `is not stated; LiteLLM would send ${variable} to that address, here no key is sent`;
    notes.add(params.at('api_key'), message);
    return undefined;
  }
  if (stated.startsWith('os.environ/')) {
    return environmentOr(stated, params.at('api_key'), notes) ?? 'wrong';
  }
  if (/^[!-~]+$/.test(stated)) return literal(stated);
  notes.add(params.at('api_key'), 'is no key that a header could hold; the deployment is left out');
  return 'wrong';
}

/** The text, with LiteLLM's `os.environ/NAME` as a reference. */
export function environmentOr(text: string, path: Path, notes: Notes): string | undefined {
  if (!text.startsWith('os.environ/')) return literal(text);
  const reference = referenceTo(text.slice('os.environ/'.length));
  if (reference === undefined) notes.add(path, 'names no environment variable, and is left out');
  return reference;
}

function versionOf(params: SourceFields, isAzure: boolean, notes: Notes): string | undefined {
  const path = params.at('api_version');
  const stated = params.text('api_version');
  if (stated === undefined) return undefined;
  if (isAzure && stated.startsWith('os.environ/')) return environmentOr(stated, path, notes);
  if (isAzure && /^[\w-]+$/.test(stated)) return stated;
  notes.add(path, 'is left out: only Azure has versions, such as 2024-10-21');
  return undefined;
}

function organizationOf(params: SourceFields, notes: Notes): string | undefined {
  const stated = params.take('organization');
  if (typeof stated !== 'string' || !stated.startsWith('os.environ/')) {
    return headerText(params, 'organization', notes);
  }
  return environmentOr(stated, params.at('organization'), notes);
}

function priceOf(
  params: SourceFields,
  info: SourceFields | undefined,
  notes: Notes,
): { input: number; output: number; cachedInput?: number } | undefined {
  const perMillion = (key: string): number | undefined => {
    const usd = params.number(key, 0, isPrice) ?? info?.number(key, 0, isPrice);
    return usd === undefined ? undefined : Number((usd * 1e6).toPrecision(12));
  };
  const input = perMillion('input_cost_per_token');
  const output = perMillion('output_cost_per_token');
  const cachedInput = perMillion('cache_read_input_token_cost');
  if (input === undefined && output === undefined) return undefined;
  if (input === undefined || output === undefined) {
    const key = input === undefined ? 'input_cost_per_token' : 'output_cost_per_token';
    notes.add(params.at(key), 'is not stated though the other price is; it is taken to be 0');
  }
  return given({ input: input ?? 0, output: output ?? 0, cachedInput }) as {
    input: number;
    output: number;
  };
}

function capabilitiesOf(info: SourceFields | undefined, notes: Notes): object | undefined {
  if (info === undefined) return undefined;
  return nonEmpty(
    given({
      contextWindow: whole(info, 'max_input_tokens', notes),
      tools: info.flag('supports_function_calling'),
      images: info.flag('supports_vision'),
    }),
  );
}

function whole(fields: SourceFields, key: string, notes: Notes): number | undefined {
  const value = fields.number(key, 1, isAmount);
  if (value === undefined || Number.isSafeInteger(value)) return value;
  notes.add(fields.at(key), 'is no whole number, and is left out');
  return undefined;
}

/** The mapping without what is undefined. */
function given<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

function nonEmpty<T extends object>(values: T): T | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}
