/**
 * The payload of AI requests: one call of an HTTP API in the words of a dialect. The adapters of all HTTP providers, the
 * simulated one and the gateway share it, so bytes can pass through where dialects match.
 */
export interface WireRequest {
  /** Whose API the caller speaks: `openai`. */
  readonly dialect: string;
  /** @defaultValue `POST` */
  readonly method?: 'GET' | 'POST' | 'DELETE' | undefined;
  /** The path below the API's version, such as `/chat/completions`, with its query if it has one. */
  readonly path: string;
  /** The body, parsed. Not to be changed: other attempts use it too. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The body as the caller sent it, to be passed through; made from `json` when absent. */
  readonly body?: Uint8Array | undefined;
  /** Present where `body` is a form instead of JSON; `json` then has its text fields. */
  readonly form?: WireForm | undefined;
  /** Headers to hand on, lower-case, such as `traceparent`. Never a credential of the caller. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A body in `multipart/form-data`. Files stay in it as they came: nothing but the model's name is ever changed. */
export interface WireForm {
  /** With the boundary. */
  readonly contentType: string;
  /** Where in the body the model's name begins and ends, in bytes. */
  readonly modelStart: number;
  readonly modelEnd: number;
}

/** Status and headers of an answer; names in lower case, hop-by-hop headers left out. */
export interface WireHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}
