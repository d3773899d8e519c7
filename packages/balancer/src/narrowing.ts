/** What earlier attempts of a request demand of the next one, beyond the request itself. */
export interface Narrowing {
  /** Slots that failed it. */
  readonly tried: readonly number[];
  /** Tokens the context window must have at least; 0 for any. */
  readonly minContextWindow: number;
  /** A provider, by name, that has refused it for what it says. */
  readonly excludedProvider: string | undefined;
  /** The model that has to go on with an answer that broke off. */
  readonly onlyModel: string | undefined;
  /** Whether the target's provider must be able to go on with an answer. */
  readonly mustResume: boolean;
}

/** Nothing beyond the request itself. */
export const NO_NARROWING: Narrowing = {
  tried: [],
  minContextWindow: 0,
  excludedProvider: undefined,
  onlyModel: undefined,
  mustResume: false,
};
