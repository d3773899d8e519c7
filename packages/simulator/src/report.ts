/**
 * What a simulation measured, of the requests that came after the warm-up. Plain data: it can be stored as JSON. Ratios
 * and means of nothing are NaN, which JSON makes null.
 */
export interface Report {
  readonly seed: number;
  readonly durationS: number;
  readonly warmUpS: number;
  readonly requests: number;
  readonly served: number;
  readonly failed: number;
  /** Failed requests by the code of their error. */
  readonly failures: Readonly<Record<string, number>>;
  /** `served` as a share of `requests`, 0 to 1. */
  readonly successRatio: number;
  /** Share of the requests that were served within the limits of `slo`, 0 to 1. */
  readonly sloRatio: number;
  /** Of served requests, from their arrival to their last byte, retries and waiting included. */
  readonly latencyMs: Summary;
  /** Of served requests, from their arrival to their first content. */
  readonly firstContentMs: Summary;
  /** Latency over the latency on the fastest server were it idle, prompt uncached; 1 is perfect. */
  readonly slowdown: Summary;
  /** Requests served, per second. */
  readonly throughputPerS: number;
  /** Requests served within the limits of `slo`, per second. */
  readonly goodputPerS: number;
  /** Output tokens of served requests, per second. */
  readonly outputTokensPerS: number;
  /** US dollars for the attempts that served; 0 where targets have no price. */
  readonly costUsd: number;
  readonly costUsdPer1000: number;
  readonly attemptsPerRequest: number;
  /** Attempts answered with 429, per 1,000 requests. */
  readonly throttledPer1000: number;
  /** Attempts that ended in an error of a server or a connection, per 1,000 requests. */
  readonly errorsPer1000: number;
  /** Jain's index of first picks over weight: 1 where they follow the weights, 1/n where one of n gets all. */
  readonly jainIndex: number;
  readonly targets: readonly TargetReport[];
  /** The whole run, warm-up included, in 60 equal parts. */
  readonly timeline: readonly TimelinePart[];
  /** Events of the simulation. */
  readonly events: number;
}

/** A set of numbers in short; all NaN where there were none. */
export interface Summary {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** The 99.9th percentile. */
  readonly p999: number;
  readonly max: number;
}

/** One target over all gateways. */
export interface TargetReport {
  readonly id: string;
  readonly weight: number;
  /** Requests whose first attempt went here. */
  readonly picks: number;
  /** `picks` as a share of all, 0 to 1. */
  readonly share: number;
  readonly attempts: number;
  readonly served: number;
  /** Attempts answered with 429. */
  readonly throttled: number;
  /** Attempts that ended in an error of the server or the connection. */
  readonly errors: number;
  /** Attempts the balancer gave up: time limits, hedges that lost. */
  readonly abandoned: number;
}

/** The requests that came in one part of the run. */
export interface TimelinePart {
  /** When the part begins, in seconds since the start. */
  readonly fromS: number;
  readonly requests: number;
  readonly served: number;
  /** Latency of the served ones; NaN where there were none. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** First picks, in the order of `targets`. */
  readonly picks: readonly number[];
}
