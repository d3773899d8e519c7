/** An API that `provider` may name. How it is reached is known to the provider's package. */
export interface Preset {
  readonly name: string;
  /** Where a key is looked for when there is no configuration; also with `_1`, `_2` … behind it. */
  readonly variable?: string | undefined;
  /** Whether a target that states no `baseUrl` needs an `apiKey`. */
  readonly needsKey: boolean;
  /** Whether a target must state its `baseUrl`, because every account or machine has its own. */
  readonly needsBaseUrl: boolean;
  /** What the names of its models look like, to tell providers apart when there is no configuration. */
  readonly models: readonly string[];
  /** One of its models, for an example to try. */
  readonly exampleModel?: string | undefined;
  /** How it counts against limits, where that is not the usual way; a target may state otherwise. */
  readonly quota?: { readonly accounting: 'reserved'; readonly judgingMs: number } | undefined;
}

/** Every provider a configuration may name. */
export const presets: readonly Preset[] = [
  hosted('openai', 'OPENAI_API_KEY', 'gpt-5-mini', [
    'gpt-*',
    'chatgpt-*',
    'o1*',
    'o3*',
    'o4*',
    'text-embedding-*',
  ]),
  hosted('groq', 'GROQ_API_KEY', 'openai/gpt-oss-20b', [
    'llama-*',
    'meta-llama/*',
    'openai/gpt-oss-*',
    'qwen/*',
  ]),
  hosted('mistral', 'MISTRAL_API_KEY', 'mistral-small-latest', [
    'mistral-*',
    'ministral-*',
    'magistral-*',
    'codestral-*',
  ]),
  hosted('deepseek', 'DEEPSEEK_API_KEY', 'deepseek-chat', ['deepseek-*']),
  hosted('openrouter', 'OPENROUTER_API_KEY', 'openai/gpt-5-mini', ['*/*']),
  hosted('together', 'TOGETHER_API_KEY', 'openai/gpt-oss-20b', ['*/*']),
  hosted('cerebras', 'CEREBRAS_API_KEY', 'gpt-oss-120b', ['gpt-oss-*', 'llama*', 'qwen-*']),
  {
    name: 'azure',
    needsKey: true,
    needsBaseUrl: true,
    models: [],
    // It counts prompt and `max_tokens` when a request comes, and judges requests over 1 or 10 seconds: the shorter one
    // is safe for both.
    quota: { accounting: 'reserved', judgingMs: 1000 },
  },
  { name: 'vllm', needsKey: false, needsBaseUrl: false, models: [] },
  { name: 'ollama', needsKey: false, needsBaseUrl: false, models: [] },
  { name: 'simulated', needsKey: false, needsBaseUrl: false, models: [] },
];

function hosted(
  name: string,
  variable: string,
  exampleModel: string,
  models: readonly string[],
): Preset {
  return { name, variable, needsKey: true, needsBaseUrl: false, models, exampleModel };
}
