/** What differs between the APIs that speak OpenAI's dialect, as far as this adapter has to know it. */
export interface Preset {
  /** The URL that paths such as `/chat/completions` are put behind; absent where every user has an own one. */
  readonly baseUrl?: string;
  /** How the credential is sent. */
  readonly auth: 'bearer' | 'api-key';
  /**
   * Whether `stream_options` is accepted. Where it is not, the field is taken out of requests: these APIs report the
   * usage of every stream unasked.
   */
  readonly acceptsStreamOptions: boolean;
}

const bearer = { auth: 'bearer', acceptsStreamOptions: true } as const;

/** An API that speaks OpenAI's dialect. */
export type PresetName =
  | 'openai'
  | 'azure'
  | 'groq'
  | 'mistral'
  | 'deepseek'
  | 'openrouter'
  | 'together'
  | 'cerebras'
  | 'vllm'
  | 'ollama';

export const presets: Readonly<Record<PresetName, Preset>> = {
  openai: { ...bearer, baseUrl: 'https://api.openai.com/v1' },
  azure: { auth: 'api-key', acceptsStreamOptions: true },
  groq: { ...bearer, baseUrl: 'https://api.groq.com/openai/v1' },
  // Answers 422 `extra_forbidden` to `stream_options`.
  mistral: { auth: 'bearer', acceptsStreamOptions: false, baseUrl: 'https://api.mistral.ai/v1' },
  deepseek: { ...bearer, baseUrl: 'https://api.deepseek.com/v1' },
  openrouter: { ...bearer, baseUrl: 'https://openrouter.ai/api/v1' },
  together: { ...bearer, baseUrl: 'https://api.together.xyz/v1' },
  cerebras: { ...bearer, baseUrl: 'https://api.cerebras.ai/v1' },
  vllm: { ...bearer, baseUrl: 'http://127.0.0.1:8000/v1' },
  ollama: { ...bearer, baseUrl: 'http://127.0.0.1:11434/v1' },
};
