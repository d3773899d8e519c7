import { presets } from '../presets.ts';

/** How an API is reached that another program names by a name of its own. */
export interface Route {
  /** A preset. */
  readonly provider: string;
  /** Where its OpenAI-compatible form is, for an API that no preset is about. */
  readonly baseUrl?: string;
  /** The environment variable its key is usually in. */
  readonly variable?: string | undefined;
  /** What of the API is not reached that way. */
  readonly lack?: string;
}

/** A preset by its name, with the variable of its keys. */
export function preset(provider: string): Route {
  const variable = presets.find(({ name }) => name === provider)?.variable;
  return { provider, variable };
}

const inOpenAIForm = (baseUrl: string, variable: string, lack?: string): Route => ({
  provider: 'openai',
  baseUrl,
  variable,
  ...(lack === undefined ? {} : { lack }),
});

/**
 * APIs that no preset is about and that publish an OpenAI-compatible form at an address of their own, by the name of
 * who offers them.
 *
 * Sources: their documentation of OpenAI compatibility, as of November 2026.
 */
const compatible: Readonly<Record<string, Route>> = {
  anthropic: inOpenAIForm(
    'https://api.anthropic.com/v1',
    'ANTHROPIC_API_KEY',
    'prompt caching, thinking and citations are not reached that way',
  ),
  gemini: inOpenAIForm(
    'https://generativelanguage.googleapis.com/v1beta/openai',
    'GEMINI_API_KEY',
    'what only generateContent offers is not reached that way',
  ),
  xai: inOpenAIForm('https://api.x.ai/v1', 'XAI_API_KEY'),
  fireworks: inOpenAIForm('https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'),
  perplexity: inOpenAIForm('https://api.perplexity.ai', 'PERPLEXITY_API_KEY'),
  deepinfra: inOpenAIForm('https://api.deepinfra.com/v1/openai', 'DEEPINFRA_API_KEY'),
  nvidia: inOpenAIForm('https://integrate.api.nvidia.com/v1', 'NVIDIA_API_KEY'),
  sambanova: inOpenAIForm('https://api.sambanova.ai/v1', 'SAMBANOVA_API_KEY'),
};

/** The OpenAI-compatible route to an API, or its preset once there is one of that name. */
export function compatibleRoute(name: string): Route {
  return presets.some((known) => known.name === name) ? preset(name) : compatible[name]!;
}
