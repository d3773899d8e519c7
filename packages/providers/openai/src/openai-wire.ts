/** The parts of OpenAI's answers that this adapter reads. Everything is optional: answers are not trusted. */

export interface WireUsage {
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
  readonly prompt_tokens_details?: { readonly cached_tokens?: unknown } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: unknown } | null;
  // The same under the names of the Responses API.
  readonly input_tokens?: unknown;
  readonly output_tokens?: unknown;
  readonly input_tokens_details?: { readonly cached_tokens?: unknown } | null;
  readonly output_tokens_details?: { readonly reasoning_tokens?: unknown } | null;
  // DeepSeek's own name for cached tokens.
  readonly prompt_cache_hit_tokens?: unknown;
}

export interface WireError {
  readonly message?: unknown;
  readonly type?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  /** OpenRouter. */
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  /** Google's compatible endpoint. */
  readonly details?: unknown;
}

export interface WireDelta {
  readonly content?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly refusal?: unknown;
  readonly audio?: unknown;
  readonly tool_calls?: unknown;
  readonly function_call?: unknown;
}

export interface WireChoice {
  readonly index?: unknown;
  readonly delta?: WireDelta | null;
  /** Text completions. */
  readonly text?: unknown;
  readonly finish_reason?: unknown;
}

/** One event of a stream: a chat or text completion chunk, an event of the Responses API, or an error. */
export interface WireEvent {
  readonly id?: unknown;
  readonly created?: unknown;
  readonly model?: unknown;
  readonly choices?: unknown;
  readonly usage?: WireUsage | null;
  readonly error?: unknown;
  // The Responses API; speech and transcripts.
  readonly type?: unknown;
  readonly delta?: unknown;
  readonly audio?: unknown;
  readonly response?: {
    readonly model?: unknown;
    readonly usage?: WireUsage | null;
    readonly error?: unknown;
  } | null;
}
