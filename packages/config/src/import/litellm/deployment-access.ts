import type { Path } from '../../problem.ts';
import type { Notes } from '../difference.ts';
import { headerText } from '../header-text.ts';
import { literal, referenceTo } from '../reference.ts';
import type { SourceFields } from '../source-fields.ts';

export function addressOf(params: SourceFields, api: string, notes: Notes): string | undefined {
  const key = params.has('api_base') ? 'api_base' : 'base_url';
  const stated = params.text(key);
  if (key === 'api_base') params.refuse('base_url', 'is left out: api_base is stated');
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
export function keyOf(
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

export function versionOf(
  params: SourceFields,
  isAzure: boolean,
  notes: Notes,
): string | undefined {
  const path = params.at('api_version');
  const stated = params.text('api_version');
  if (stated === undefined) return undefined;
  if (isAzure && stated.startsWith('os.environ/')) return environmentOr(stated, path, notes);
  if (isAzure && /^[\w-]+$/.test(stated)) return stated;
  notes.add(path, 'is left out: only Azure has versions, such as 2024-10-21');
  return undefined;
}

export function organizationOf(params: SourceFields, notes: Notes): string | undefined {
  const stated = params.take('organization');
  if (typeof stated !== 'string' || !stated.startsWith('os.environ/')) {
    return headerText(params, 'organization', notes);
  }
  return environmentOr(stated, params.at('organization'), notes);
}
