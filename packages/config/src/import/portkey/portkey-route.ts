import { compatibleRoute, preset, type Route } from '../route.ts';

/** How the APIs are reached that Portkey names. */
const routes: Readonly<Record<string, Route>> = {
  openai: preset('openai'),
  'azure-openai': preset('azure'),
  groq: preset('groq'),
  'mistral-ai': preset('mistral'),
  deepseek: preset('deepseek'),
  openrouter: preset('openrouter'),
  'together-ai': preset('together'),
  cerebras: preset('cerebras'),
  ollama: preset('ollama'),
  anthropic: compatibleRoute('anthropic'),
  google: compatibleRoute('gemini'),
  'x-ai': compatibleRoute('xai'),
  'fireworks-ai': compatibleRoute('fireworks'),
  'perplexity-ai': compatibleRoute('perplexity'),
  deepinfra: compatibleRoute('deepinfra'),
  sambanova: compatibleRoute('sambanova'),
};

/** APIs that Portkey reaches and that have no form like OpenAI's, or no adapter. */
const unreachable: readonly string[] = [
  'ai21',
  'azure-ai',
  'bedrock',
  'cohere',
  'huggingface',
  'palm',
  'replicate',
  'sagemaker',
  'stability-ai',
  'triton',
  'vertex',
  'vertex-ai',
  'voyage',
  'workers-ai',
];

/** Other words that names of stored keys begin with. */
const nicknames: Readonly<Record<string, string>> = {
  azure: 'azure-openai',
  mistral: 'mistral-ai',
  together: 'together-ai',
};

/** The API that `provider` names; undefined where there is no way to it. */
export function routeOf(provider: string): Route | undefined {
  return Object.hasOwn(routes, provider) ? routes[provider] : undefined;
}

/** The API that a name people gave to a stored key most likely means: it begins with that of the API. */
export function apiNamedIn(slug: string): string | undefined {
  const words = slug.toLowerCase().replaceAll('_', '-');
  const names = [...Object.keys(routes), ...unreachable, ...Object.keys(nicknames)];
  const found = names
    .sort((a, b) => b.length - a.length)
    .find((name) => words === name || words.startsWith(`${name}-`));
  return found === undefined ? undefined : (nicknames[found] ?? found);
}
