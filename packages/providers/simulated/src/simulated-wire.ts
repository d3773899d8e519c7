/** What is read of a request. Everything is optional: requests are checked, not trusted. */
export interface WireChatRequest {
  readonly model?: unknown;
  readonly messages?: unknown;
  readonly n?: unknown;
  readonly stream?: unknown;
  readonly stream_options?: { readonly include_usage?: unknown } | null;
  readonly max_tokens?: unknown;
  readonly max_completion_tokens?: unknown;
  readonly tools?: readonly { readonly function?: WireFunction }[];
  readonly tool_choice?: string | { readonly function?: { readonly name?: unknown } };
  readonly response_format?: {
    readonly type?: unknown;
    readonly json_schema?: { readonly schema?: unknown };
  };
}

export interface WireResponseRequest {
  readonly model?: unknown;
  readonly input?: unknown;
  readonly instructions?: unknown;
  readonly stream?: unknown;
  readonly max_output_tokens?: unknown;
  readonly previous_response_id?: unknown;
}

export interface WireFunction {
  readonly name?: unknown;
  readonly parameters?: unknown;
}

export interface WireEmbeddingsRequest {
  readonly model?: unknown;
  readonly input?: unknown;
  readonly dimensions?: unknown;
  readonly encoding_format?: unknown;
}
