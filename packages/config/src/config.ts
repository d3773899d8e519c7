import type { FailureKind } from '@plimsoll/core';

/** A configuration after loading: checked, environment variables put in, durations in milliseconds. */
export interface Config {
  /** Every target, whether it stood under `targets` or inside a pool. Ids are unique. */
  readonly targets: readonly TargetConfig[];
  readonly pools: readonly PoolConfig[];
  /** Limits by quota group. */
  readonly quotaGroups?: Readonly<Record<string, LimitsConfig>> | undefined;
  /** Who may ask; absent where everyone on this machine may. */
  readonly clients?: readonly ClientConfig[] | undefined;
  /** What everything together may cost. */
  readonly budget?: SpendingConfig | undefined;
  /** Where counts are kept that must outlive the process. */
  readonly state?: StateConfig | undefined;
  readonly server: ServerConfig;
  readonly metrics: MetricsConfig;
  readonly log: { readonly level: LogLevel };
}

/** One place a request can go. What is undefined has the default of the engine or of the provider. */
export interface TargetConfig {
  readonly id: string;
  /** A preset: `openai`, `groq`, `simulated`. */
  readonly provider: string;
  /** The model's name as the provider knows it; `*` hands on the name the client used. */
  readonly model: string;
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** Of Azure's dated API. */
  readonly apiVersion?: string | undefined;
  readonly organization?: string | undefined;
  readonly project?: string | undefined;
  readonly weight?: number | undefined;
  readonly region?: string | undefined;
  readonly tier?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  /** US dollars per million tokens. */
  readonly price?:
    | { readonly input: number; readonly output: number; readonly cachedInput?: number | undefined }
    | undefined;
  readonly limits?: TargetLimitsConfig | undefined;
  readonly budget?: SpendingConfig | undefined;
  readonly quotaGroup?: string | undefined;
  readonly cacheDomain?: string | undefined;
  readonly capabilities?:
    | {
        readonly contextWindow?: number | undefined;
        readonly tools?: boolean | undefined;
        readonly images?: boolean | undefined;
      }
    | undefined;
  /** How a target of the provider `simulated` behaves. */
  readonly simulate?: SimulateConfig | undefined;
}

/** The behaviour of a simulated target; what is undefined has the simulated provider's default. */
export interface SimulateConfig {
  /** Milliseconds to the first token. */
  readonly firstTokenMs?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  /** How far both vary from request to request, each way, 0 to 1. */
  readonly jitterRatio?: number | undefined;
  /** Share of requests that fail, 0 to 1. */
  readonly errorRatio?: number | undefined;
  /** Tokens of an answer. */
  readonly outputTokens?: number | undefined;
  /** Equal seeds behave alike. */
  readonly seed?: number | undefined;
  /** Limits the simulated provider itself enforces, with 429. */
  readonly limits?:
    | {
        readonly rpm?: number | undefined;
        readonly tpm?: number | undefined;
        readonly concurrency?: number | undefined;
      }
    | undefined;
}

/** How much may be used in a second, a minute, a day: requests, tokens, tokens of prompts, tokens of answers. */
export interface LimitsConfig {
  readonly rps?: number | undefined;
  readonly rpm?: number | undefined;
  readonly rpd?: number | undefined;
  readonly tps?: number | undefined;
  readonly tpm?: number | undefined;
  readonly tpd?: number | undefined;
  readonly itpm?: number | undefined;
  readonly itpd?: number | undefined;
  readonly otpm?: number | undefined;
  readonly otpd?: number | undefined;
  readonly accounting?: 'actual' | 'produced' | 'reserved' | undefined;
  readonly judgingMs?: number | undefined;
  readonly guardMs?: number | undefined;
  readonly burstRatio?: number | undefined;
  readonly timeZone?: string | undefined;
}

export interface TargetLimitsConfig extends LimitsConfig {
  /** Requests in flight at once. */
  readonly concurrency?: number | undefined;
}

/** US dollars that may be spent; at least one of the two is there. */
export interface SpendingConfig {
  readonly usdPerDay?: number | undefined;
  readonly usdPerMonth?: number | undefined;
  readonly timeZone?: string | undefined;
}

/** Someone who may ask, known by a key. */
export interface ClientConfig {
  readonly id: string;
  /** SHA-256 of the key, 64 hex digits in lower case. */
  readonly keySha256: string;
  readonly tenant?: string | undefined;
  /** Names of the pools it may use; all where absent. */
  readonly pools?: readonly string[] | undefined;
  /** The highest priority its requests may have, 0 to 3, and the one they have unless they ask for less. */
  readonly priority?: number | undefined;
  readonly may: readonly ClientRight[];
  readonly budget?: SpendingConfig | undefined;
  readonly limits?: ClientLimitsConfig | undefined;
}

/** What a client may ask of one gateway. */
export interface ClientLimitsConfig {
  /** Requests in any 60 s. */
  readonly rpm?: number | undefined;
  /** Requests under way at the same time. */
  readonly concurrency?: number | undefined;
}

/** What a client may decide by itself. */
export type ClientRight = 'pin' | 'explain' | 'region';

/** Either a file, by its path from the configuration's folder, or a Redis that several gateways share, by its address. */
export type StateConfig = { readonly sqlite: string } | { readonly redis: string };

/** Targets, a strategy and policies, under the name clients ask for as `model`. */
export interface PoolConfig {
  readonly name: string;
  /** Model names the pool answers to: its name, which may hold `*`, unless a discovery says otherwise. */
  readonly accepts: readonly string[];
  readonly strategy: StrategyConfig;
  /** Ids of targets, in the order of the file. */
  readonly targets: readonly string[];
  readonly health: HealthConfig;
  readonly retry: {
    readonly deadlineMs?: number | undefined;
    readonly firstContentMs?: number | undefined;
    readonly idleMs?: number | undefined;
    readonly totalMs?: number | undefined;
    readonly connectMs?: number | undefined;
    readonly budgetRatio?: number | undefined;
    readonly policyFailover?: boolean | undefined;
  };
  readonly hedge?:
    | {
        readonly afterMs?: number | undefined;
        readonly afterQuantile?: number | undefined;
        readonly budgetRatio?: number | undefined;
      }
    | undefined;
  readonly rescue?:
    | { readonly holdBack?: number | undefined; readonly acrossModels?: boolean | undefined }
    | undefined;
  readonly queue?:
    | { readonly maxWaitMs?: number | undefined; readonly maxLength?: number | undefined }
    | undefined;
  /** Where a request's key for consistent hashing is looked for, in this order. */
  readonly hashKey?: readonly string[] | undefined;
  /** Regions that requests may not leave. */
  readonly residency?: readonly string[] | undefined;
  readonly budget?: SpendingConfig | undefined;
  readonly fairness: FairnessConfig;
}

/** What counts as unfair. */
export interface FairnessConfig {
  /** Largest difference of a target's share from the expected one, each 0 to 1, that is no cause for an alert. */
  readonly alertPast: number;
}

/** How a pool's targets are judged, and how they come back; what is undefined has the engine's default. */
export interface HealthConfig {
  readonly breaker: BreakerConfig;
  readonly probe?:
    | {
        readonly everyMs: number;
        readonly timeoutMs?: number | undefined;
        readonly request?:
          | {
              readonly prompt: string;
              readonly model?: string | undefined;
              readonly maxTokens?: number | undefined;
            }
          | undefined;
      }
    | undefined;
  /** `false`: a target that returns has its whole share at once. */
  readonly slowStart?:
    | {
        readonly windowMs?: number | undefined;
        readonly minRatio?: number | undefined;
        readonly aggression?: number | undefined;
      }
    | false
    | undefined;
  readonly panicRatio?: number | undefined;
}

/** When a breaker opens and how it closes. */
export interface BreakerConfig {
  readonly failures?: number | undefined;
  /** Failures in a row of one kind that open it, counted apart. */
  readonly byKind?: Readonly<Partial<Record<FailureKind, number>>> | undefined;
  readonly resetMs?: number | undefined;
  readonly maxResetMs?: number | undefined;
  readonly probes?: number | undefined;
  readonly successes?: number | undefined;
  readonly rate?:
    | {
        readonly maxRatio?: number | undefined;
        readonly windowMs?: number | undefined;
        readonly minAttempts?: number | undefined;
      }
    | undefined;
  readonly bayesian?:
    | {
        readonly maxProbability?: number | undefined;
        readonly deviations?: number | undefined;
        readonly halfLifeMs?: number | undefined;
      }
    | undefined;
  readonly outliers?:
    | {
        readonly deviations?: number | undefined;
        readonly intervalMs?: number | undefined;
        readonly minTargets?: number | undefined;
        readonly minAttempts?: number | undefined;
      }
    | undefined;
  readonly maxEjectedRatio?: number | undefined;
}

/**
 * A strategy by name, with the options its factory gets. Where an option of a known strategy is a strategy (`within`,
 * `otherwise`, those of `tiers`, `use` of `rules`), a `StrategyConfig` stands there.
 */
export interface StrategyConfig {
  /** One of `strategyNames`, or what `isPackageName` holds for. */
  readonly use: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where the gateway listens, and what it takes. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  /** What `/admin/*` asks for; absent where one is made at start. */
  readonly adminToken?: string | undefined;
  /** Names in lower case that `/admin/*` and the dashboard answer to, besides the addresses listened on. */
  readonly adminHosts: readonly string[];
}

/** Where metrics go. */
export interface MetricsConfig {
  /** Whether the gateway answers `/metrics`. */
  readonly prometheus: boolean;
  /** What `/metrics` asks for; absent where it asks for nothing. */
  readonly token?: string | undefined;
  readonly otlp?: OtlpConfig | undefined;
}

/** Where metrics are sent by OTLP. */
export interface OtlpConfig {
  /** Without the path of a signal: `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** Which names the GenAI metrics have: those since May 2026, or those before. */
  readonly names: 'current' | 'older';
}

/** From what weight on the log has lines. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
