import type { Spending } from './spending.ts';

/**
 * What balancing reads of a request. Read once, when the request is admitted; everything is optional, so that an
 * application can balance calls that are not AI requests at all.
 */
export interface RequestTraits {
  /** Requests with the same key go to the same target under consistent hashing. None means: spread. */
  readonly hashKey?: string | undefined;
  /** Where the user is, in the same words as the targets' `region`. */
  readonly region?: string | undefined;
  /** Only targets in one of these regions may serve it. No failure overrides this. */
  readonly residency?: readonly string[] | undefined;
  /** Only targets that carry all of these tags may serve it. */
  readonly tags?: readonly string[] | undefined;
  /** Only this target (its id) may serve it. */
  readonly pin?: string | undefined;
  /** Estimated tokens of the prompt. */
  readonly inputTokens?: number | undefined;
  /** Most tokens the answer may have. */
  readonly maxOutputTokens?: number | undefined;
  /** Whether the caller asked for a stream; `firstContent` limits apply to streams only. */
  readonly isStream?: boolean | undefined;
  /** What is asked for, such as `chat` or `embeddings`. */
  readonly operation?: string | undefined;
  /** Number of messages in the conversation. */
  readonly turns?: number | undefined;
  /** Number of tools offered to the model. */
  readonly tools?: number | undefined;
  /** Number of images in the prompt. */
  readonly images?: number | undefined;
  /** The caller's own word on how hard the request is, 0 to 1. */
  readonly complexity?: number | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** A request header by its lower-case name. */
  readonly header?: ((name: string) => string | undefined) | undefined;
  /** Whose request it is: tenants take turns where requests have to wait. */
  readonly tenant?: string | undefined;
  /** An integer from 0 to 3; where requests wait, each level gets a hundred turns for one of the level below. @defaultValue 0 */
  readonly priority?: number | undefined;
  /** Accounts of the caller that the request is charged to, besides those of pool and target. */
  readonly spending?: readonly Spending[] | undefined;
  /** Milliseconds the caller will wait, from now; shortens the pool's deadline, never lengthens it. */
  readonly timeoutMs?: number | undefined;
}

/** A request on its way: its traits, and the payload in the form the pool's provider adapters understand. */
export interface Request<Payload = unknown> extends RequestTraits {
  readonly payload: Payload;
}
