/** A configuration after loading: checked, environment variables put in, durations in milliseconds. */
export interface Config {
  /** Every target, whether it stood under `targets` or inside a pool. Ids are unique. */
  readonly targets: readonly TargetConfig[];
  readonly pools: readonly PoolConfig[];
  readonly server: ServerConfig;
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
  readonly weight?: number | undefined;
  readonly region?: string | undefined;
  readonly tier?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  /** US dollars per million tokens. */
  readonly price?:
    | { readonly input: number; readonly output: number; readonly cachedInput?: number | undefined }
    | undefined;
  readonly limits?: { readonly concurrency?: number | undefined } | undefined;
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
}

/** Targets, a strategy and policies, under the name clients ask for as `model`. */
export interface PoolConfig {
  readonly name: string;
  /** Model names the pool answers to: its name, which may hold `*`, unless a discovery says otherwise. */
  readonly accepts: readonly string[];
  readonly strategy: StrategyConfig;
  /** Ids of targets, in the order of the file. */
  readonly targets: readonly string[];
  readonly health: {
    readonly breaker: {
      readonly failures?: number | undefined;
      readonly resetMs?: number | undefined;
    };
  };
  readonly retry: {
    readonly deadlineMs?: number | undefined;
    readonly firstContentMs?: number | undefined;
    readonly idleMs?: number | undefined;
    readonly totalMs?: number | undefined;
    readonly connectMs?: number | undefined;
    readonly budgetRatio?: number | undefined;
  };
}

/** A strategy by name, with the options its factory gets. */
export interface StrategyConfig {
  /** One of `strategyNames`, or what `isPackageName` holds for. */
  readonly use: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
