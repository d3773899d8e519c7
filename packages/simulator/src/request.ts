import type { RequestTraits } from '@plimsoll/core';

/** The start of a prompt that other requests share: a system prompt, a conversation so far. */
export interface Prefix {
  readonly key: string;
  /** Its length, of which at most the request's `inputTokens` count. */
  readonly tokens: number;
}

/** What a simulated request tells the balancer, and the prompt prefix it tells nobody but the cache. */
export interface SimulatedTraits extends RequestTraits {
  readonly prefix?: Prefix | undefined;
}

/** What the servers see of a request, as the payload of core's `Request`. No strategy knows the length of an answer. */
export interface SimulatedRequest {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly prefix: Prefix | undefined;
  /** Whether it came after the warm-up, and counts. */
  readonly isMeasured: boolean;
  /** An attempt starts. @returns whether it is the first. */
  onAttempt(target: string): boolean;
}
