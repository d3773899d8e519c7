/** What a rate limit counts. `tokens` are those of prompt and answer together. */
export type RateLimitDimension = 'requests' | 'tokens' | 'input_tokens' | 'output_tokens';

/**
 * What an answer says of one rate limit, in its headers or its body. Adapters report what they read, and leave out what
 * they do not find or what cannot be: the engine decides what to believe.
 */
export interface RateLimitFact {
  readonly dimension: RateLimitDimension;
  /** The window the limit is for, in milliseconds: 60000 for a minute, 86400000 for a day. */
  readonly windowMs?: number | undefined;
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  /**
   * Milliseconds until `remaining` is `limit` again. A duration, as adapters have no clock: headers with a moment are
   * read against the answer's own `Date`, which also removes the difference between the two clocks.
   */
  readonly resetAfterMs?: number | undefined;
}
