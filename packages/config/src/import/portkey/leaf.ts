import type { ConfigFile } from '../../define-config.ts';
import type { Path } from '../../problem.ts';
import type { Notes } from '../difference.ts';
import { headerText } from '../header-text.ts';
import { literal } from '../reference.ts';
import type { Route } from '../route.ts';
import type { SourceFields } from '../source-fields.ts';
import { whyOfTarget } from './left-out.ts';
import { apiNamedIn, routeOf } from './portkey-route.ts';
import { spelled } from './spelled.ts';

export type TargetFile = NonNullable<ConfigFile['targets']>[number];

/**
 * Reads a target of Portkey that holds no others.
 *
 * @param freeId - makes an id that no other target has of a wanted one.
 */
export function readLeaf(
  source: SourceFields,
  notes: Notes,
  freeId: (wanted: string) => string,
): TargetFile | undefined {
  const override = source.fields(spelled(source, 'override_params'));
  const meant = meantApi(source, override, notes);
  if (meant === undefined) return undefined;
  const { route, api } = meant;
  const isAzure = route.provider === 'azure';
  const customHost = addressOf(source, api, notes);
  if (customHost === 'wrong') return undefined;

  const id = literal(freeId(textOf(source, 'name') ?? api));
  const baseUrl = customHost ?? (isAzure ? azureAddress(source, notes, id) : route.baseUrl);
  if (route.lack !== undefined) {
    notes.add(source.path, `${api} is spoken to in OpenAI's form: ${route.lack}`, id);
  }
  const deployment = textOf(source, 'azure_deployment_id') ?? textOf(source, 'deployment_id');
  const target = {
    id,
    provider: route.provider,
    model: literal((isAzure ? deployment : undefined) ?? meant.model ?? '*'),
    apiKey: keyOf(source, meant, notes, id),
    baseUrl,
    apiVersion: versionOf(source, isAzure, notes),
    organization: headerText(source, spelled(source, 'openai_organization'), notes),
    project: headerText(source, spelled(source, 'openai_project'), notes),
  };
  const why = 'is not put into requests; clients state it';
  override?.refuseRest(Object.fromEntries(override.names.map((name) => [name, why])));
  source.refuseRest(whyOfTarget);
  const stated = Object.entries(target).filter(([, value]) => value !== undefined);
  return Object.fromEntries(stated) as unknown as TargetFile;
}

function textOf(source: SourceFields, name: string): string | undefined {
  return source.text(spelled(source, name));
}

/** The API that a target means, and how that was told. */
interface MeantApi {
  readonly api: string;
  readonly route: Route;
  /** The model's name, where one is put into requests. */
  readonly model: string | undefined;
  /** A key that Portkey keeps: its name, where it is named, and whether the API is told by that name alone. */
  readonly kept:
    | { readonly slug: string; readonly path: Path; readonly isGuess: boolean }
    | undefined;
}

function meantApi(
  source: SourceFields,
  override: SourceFields | undefined,
  notes: Notes,
): MeantApi | undefined {
  const [, slugOfModel, restOfModel] =
    /^@([^/]+)\/(.+)$/s.exec(override?.text('model') ?? '') ?? [];
  const stated = textOf(source, 'provider');
  const isNamed = stated !== undefined && !stated.startsWith('@');
  const virtualKey = spelled(source, 'virtual_key');
  // A stored key is named by itself, as a provider or in the model's name.
  const [slug, path]: [string | undefined, Path] = source.has(virtualKey)
    ? [source.text(virtualKey), source.at(virtualKey)]
    : stated?.startsWith('@') === true
      ? [stated.slice(1), source.at('provider')]
      : [slugOfModel, override?.at('model') ?? source.path];
  const api = isNamed ? stated : slug === undefined ? undefined : apiNamedIn(slug);
  if (api === undefined) {
    const message =
      slug === undefined
        ? 'names no provider, and is left out'
        : `is a key that Portkey keeps, and its name "${slug}" does not begin with that of an API: which one it is for cannot be told; the target is left out`;
    notes.add(slug === undefined ? source.path : path, message);
    return undefined;
  }
  const route = routeOf(api);
  if (route === undefined) {
    const message = `there is no adapter for ${api}; the target is left out`;
    notes.add(isNamed ? source.at('provider') : path, message);
    return undefined;
  }
  const kept = slug === undefined ? undefined : { slug, path, isGuess: !isNamed };
  return { api, route, model: restOfModel ?? override?.text('model'), kept };
}

function keyOf(
  source: SourceFields,
  { api, route, kept }: MeantApi,
  notes: Notes,
  id: string,
): string | undefined {
  const stated = headerText(source, spelled(source, 'api_key'), notes);
  if (stated !== undefined) return stated;
  if (kept === undefined) {
    const variable = route.provider === 'azure' ? 'AZURE_API_KEY' : route.variable;
    return variable === undefined ? undefined : `\${${variable}}`;
  }
  const variable = `KEY_${kept.slug.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
  const guess = kept.isGuess ? `; the API is taken to be ${api}, by its name` : '';
  const message = `is a key that Portkey keeps: put it into the environment as ${variable}${guess}`;
  notes.add(kept.path, message, id);
  return `\${${variable}}`;
}

function versionOf(source: SourceFields, isAzure: boolean, notes: Notes): string | undefined {
  const key = ['azure_api_version', 'api_version']
    .map((name) => spelled(source, name))
    .find((name) => source.has(name));
  const version = key && source.text(key);
  if (version === undefined || (isAzure && /^[\w-]+$/.test(version))) return version;
  notes.add(source.at(key!), 'is left out: only Azure has versions, such as 2024-10-21');
  return undefined;
}

function addressOf(source: SourceFields, api: string, notes: Notes): string | undefined {
  const key = spelled(source, 'custom_host');
  const stated = source.text(key);
  if (stated === undefined) return undefined;
  if (!/^https?:\/\//.test(stated) || !URL.canParse(stated)) {
    notes.add(source.at(key), 'is no http(s) address; the target is left out');
    return 'wrong';
  }
  // Portkey puts `/v1` behind the address of Ollama itself.
  const isBare = api === 'ollama' && !/\/v1\/?$/.test(stated);
  return literal(isBare ? `${stated.replace(/\/$/, '')}/v1` : stated);
}

function azureAddress(source: SourceFields, notes: Notes, id: string): string {
  const resource = textOf(source, 'azure_resource_name') ?? textOf(source, 'resource_name');
  if (resource !== undefined && /^[\w-]+$/.test(resource)) {
    return `https://${resource}.openai.azure.com`;
  }
  const message =
    "its resource at Azure is not stated: put the resource's address into the environment as AZURE_API_BASE";
  notes.add(source.path, message, id);
  return '${AZURE_API_BASE}';
}
