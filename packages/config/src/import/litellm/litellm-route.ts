import { compatibleRoute, preset, type Route } from '../route.ts';

const openAI = preset('openai');

/** How the APIs are reached that LiteLLM names by the part of `model` before the slash. */
const routes: Readonly<Record<string, Route>> = {
  openai: openAI,
  'text-completion-openai': openAI,
  custom_openai: openAI,
  openai_like: openAI,
  litellm_proxy: openAI,
  lm_studio: openAI,
  azure: { ...preset('azure'), variable: 'AZURE_API_KEY' },
  azure_text: { ...preset('azure'), variable: 'AZURE_API_KEY' },
  groq: preset('groq'),
  mistral: preset('mistral'),
  'text-completion-codestral': preset('mistral'),
  deepseek: preset('deepseek'),
  openrouter: preset('openrouter'),
  together_ai: preset('together'),
  cerebras: preset('cerebras'),
  ollama: preset('ollama'),
  ollama_chat: preset('ollama'),
  hosted_vllm: preset('vllm'),
  vllm: preset('vllm'),
  anthropic: compatibleRoute('anthropic'),
  gemini: compatibleRoute('gemini'),
  xai: compatibleRoute('xai'),
  fireworks_ai: compatibleRoute('fireworks'),
  perplexity: compatibleRoute('perplexity'),
  deepinfra: compatibleRoute('deepinfra'),
  nvidia_nim: compatibleRoute('nvidia'),
  sambanova: compatibleRoute('sambanova'),
};

/** APIs that LiteLLM knows by name and that cannot be reached in OpenAI's form with a key. */
const unreachable: ReadonlySet<string> = new Set([
  'ai21',
  'aleph_alpha',
  'azure_ai',
  'baseten',
  'bedrock',
  'cloudflare',
  'cohere',
  'cohere_chat',
  'custom',
  'databricks',
  'huggingface',
  'jina_ai',
  'nlp_cloud',
  'palm',
  'petals',
  'predibase',
  'replicate',
  'sagemaker',
  'sagemaker_chat',
  'snowflake',
  'triton',
  'vertex_ai',
  'vertex_ai_beta',
  'voyage',
  'watsonx',
]);

/** Whose API a name without a prefix means, as LiteLLM infers it from its table of models. */
const inferred: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:gpt-|chatgpt-|o[1-9](?:-|$)|text-embedding-|dall-e|whisper|tts-|omni-moderation)/,
    'openai',
  ],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'vertex_ai'],
  [/^command-/, 'cohere'],
];

/** What LiteLLM's `model` means: an API and a model's name there. */
export type MeantModel =
  | { readonly route: Route; readonly api: string; readonly model: string }
  | { readonly problem: string };

/** @param api - `custom_llm_provider`, which LiteLLM takes before the prefix. */
export function meantModel(name: string, api: string | undefined): MeantModel {
  const [, prefix, rest] = /^([^/]+)\/(.*)$/s.exec(name) ?? [];
  const isApi = prefix !== undefined && (Object.hasOwn(routes, prefix) || unreachable.has(prefix));
  const named = api ?? (isApi ? prefix : inferred.find(([pattern]) => pattern.test(name))?.[1]);
  if (named === undefined) {
    return { problem: `which API serves "${name}" cannot be told; it is left out` };
  }
  const route = Object.hasOwn(routes, named) ? routes[named] : undefined;
  if (route === undefined) return { problem: `there is no adapter for ${named}; it is left out` };
  const model = prefix === named ? rest! : name;
  if (model === '') return { problem: 'names no model; it is left out' };
  return { route, api: named, model };
}
