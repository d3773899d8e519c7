import type { Provider } from './provider.ts';
import type { SpendingLimits } from './spending.ts';

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
  /** What may be spent on it. */
  readonly budget?: SpendingLimits | undefined;
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

/**
 * How much of something may be used in a time: of a target, or of a quota group. What is absent is not limited. Seconds
 * and minutes are windows that may begin at any moment; days are those of a calendar.
 */
export interface QuotaLimits {
  /** Requests in any second, any minute, and in a day; each >= 1. */
  readonly rps?: number | undefined;
  readonly rpm?: number | undefined;
  readonly rpd?: number | undefined;
  /** Tokens of prompts and answers together; each >= 1. */
  readonly tps?: number | undefined;
  readonly tpm?: number | undefined;
  readonly tpd?: number | undefined;
  /** Tokens of prompts, cached ones included; each >= 1. */
  readonly itpm?: number | undefined;
  readonly itpd?: number | undefined;
  /** Tokens of answers, reasoning included; each >= 1. */
  readonly otpm?: number | undefined;
  readonly otpd?: number | undefined;
  /**
   * What the provider counts of an answer: `actual`, from its start the most it may have, corrected at its end to the
   * tokens it had; `produced`, its tokens as they come; `reserved`, the most it may have, whatever it had.
   * @defaultValue `actual`
   */
  readonly accounting?: 'actual' | 'produced' | 'reserved' | undefined;
  /**
   * The part of a minute, in milliseconds from 100 to 30000, over which the provider judges `rpm`: with 1000, a limit of
   * 600 means 10 in each second.
   * @defaultValue the minute itself
   */
  readonly judgingMs?: number | undefined;
  /**
   * Milliseconds (>= 0) by which windows are taken to be longer than stated: requests do not travel equally fast, so
   * those sent in a little more than a window may arrive within one.
   * @defaultValue 1.5 % of the window, at most 300
   */
  readonly guardMs?: number | undefined;
  /**
   * The part of a limit, 0 to 1, that may be used at once after a pause; the rest is spread over the window. At least
   * one request is.
   * @defaultValue 0.01
   */
  readonly burstRatio?: number | undefined;
  /** Where days begin: an IANA name such as `America/Los_Angeles`. @defaultValue `UTC` */
  readonly timeZone?: string | undefined;
}

/** What the target itself may carry, besides the limits of its quota group. */
export interface Limits extends QuotaLimits {
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
