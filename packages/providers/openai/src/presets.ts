import type { Continuation } from './openai-continuation.ts';
import {
  azureLimits,
  cerebrasLimits,
  groqLimits,
  type LimitHeaders,
  mistralLimits,
  openaiLimits,
} from './openai-limits.ts';

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
  /** How it is asked to go on with an answer that broke off elsewhere. */
  readonly continuation: Continuation;
  /** The headers in which it tells its rate limits. */
  readonly limits: readonly LimitHeaders[];
}

const plain = {
  auth: 'bearer',
  acceptsStreamOptions: true,
  continuation: 'none',
  limits: openaiLimits,
} as const;

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
  openai: { ...plain, baseUrl: 'https://api.openai.com/v1' },
  azure: { ...plain, auth: 'api-key', limits: azureLimits },
  groq: { ...plain, baseUrl: 'https://api.groq.com/openai/v1', limits: groqLimits },
  mistral: {
    ...plain,
    baseUrl: 'https://api.mistral.ai/v1',
    // Answers 422 `extra_forbidden` to `stream_options`.
    acceptsStreamOptions: false,
    continuation: 'mistral',
    limits: mistralLimits,
  },
  deepseek: { ...plain, baseUrl: 'https://api.deepseek.com/v1', continuation: 'deepseek' },
  openrouter: {
    ...plain,
    baseUrl: 'https://openrouter.ai/api/v1',
    continuation: 'assistant-last',
    // Its limits are told in bodies of errors alone.
    limits: [],
  },
  together: { ...plain, baseUrl: 'https://api.together.xyz/v1' },
  cerebras: { ...plain, baseUrl: 'https://api.cerebras.ai/v1', limits: cerebrasLimits },
  vllm: { ...plain, baseUrl: 'http://127.0.0.1:8000/v1', continuation: 'vllm' },
  ollama: { ...plain, baseUrl: 'http://127.0.0.1:11434/v1' },
};
