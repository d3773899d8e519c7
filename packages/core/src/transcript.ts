import type { Usage } from './outcome.ts';

/**
 * What a caller has of a streamed answer when it breaks off: enough for another target to take over. Made by the adapter
 * whose attempt broke, read by the adapter that goes on; both speak `dialect`.
 */
export interface Transcript {
  readonly dialect: string;
  /** The answer's id, time of creation (seconds since the Unix epoch) and model, which the caller has seen. */
  readonly id: string;
  readonly created: number;
  readonly model: string;
  /** The model that was asked for: an answer that another one goes on with carries the name of that one. */
  readonly targetModel?: string | undefined;
  /** All text handed on so far. */
  readonly text: string;
  /** Tokens the broken attempt has used, estimated where the provider could not say any more. */
  readonly usage: Usage;
  /** Tokens that attempts before the broken one have used of this answer. */
  readonly earlier?: Usage | undefined;
}
