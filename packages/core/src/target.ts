import type { Provider } from './provider.ts';

/**
 * One place a request can go: a provider adapter with its credential, a model and a region. Everything a strategy may
 * weigh is stated here; the credential is not, it stays inside the adapter.
 */
export interface Target {
  /** Unique over the whole process. */
  readonly id: string;
  /** The adapter that makes attempts. Absent where the application makes its own calls through `run`. */
  readonly provider?: Provider | undefined;
  /** The model's name as the provider knows it; `*` hands on the name the caller used. */
  readonly model?: string | undefined;
  /**
   * Relative share, > 0; 0 is standby: used only while no other target is admissible.
   * @defaultValue 1
   */
  readonly weight: number;
  /** The cloud region or the place, such as `us-east-1` or `eu`. */
  readonly region?: string | undefined;
  /**
   * Order of preference for `tiered`, an integer >= 0; lower is used first.
   * @defaultValue 0
   */
  readonly tier: number;
  readonly tags: readonly string[];
  readonly price?: Price | undefined;
  readonly limits?: Limits | undefined;
  readonly capabilities?: Capabilities | undefined;
  /** Targets of one quota group share its limits. @defaultValue the target's id */
  readonly quotaGroup: string;
  /** Targets of one cache domain share the provider's prompt cache. @defaultValue the target's id */
  readonly cacheDomain: string;
  /** Anything the application wants back in `run` and in events: a client, a variant's name. Never logged. */
  readonly data?: unknown;
}

/** US dollars per million tokens, each >= 0. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Input tokens that came from the provider's prompt cache. @defaultValue `input` */
  readonly cachedInput?: number | undefined;
}

/** What the target itself may carry, besides the limits of its quota group. */
export interface Limits {
  /** Requests in flight at once, an integer >= 1. */
  readonly concurrency?: number | undefined;
}

/** What the model can do; what is not stated is taken to be possible. */
export interface Capabilities {
  /** Tokens of prompt and answer together. */
  readonly contextWindow?: number | undefined;
  readonly tools?: boolean | undefined;
  readonly images?: boolean | undefined;
}
