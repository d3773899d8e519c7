import type { Clock } from '@plimsoll/core';

/** What the suite puts to the test: the engine in process, a gateway over HTTP, or anything that balances requests. */
export interface FaultSubject {
  /** As the table names it. */
  readonly name: string;
  /**
   * How many times faster than stated its time passes, >= 1: where time is real, 10 makes a minute of a row six seconds.
   */
  readonly speed: number;
  /** A stage for one row; rows may run side by side. */
  begin(): FaultStage;
}

/** Time, and what happens in it. Durations are as rows state them, whatever the subject's speed. */
export interface FaultStage extends AsyncDisposable {
  readonly clock: Clock;
  /** Lets `ms` pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until `promise` has settled. */
  settled<T>(promise: Promise<T>): Promise<T>;
  /** Makes the pool of the row. */
  open(setup: FaultSetup): Promise<FaultPool>;
}

/** A pool to be made. */
export interface FaultSetup {
  readonly targets: readonly FaultTarget[];
  /** By the name of its package. */
  readonly strategy: 'round-robin' | 'least-busy' | 'latency';
  readonly options: FaultOptions;
}

/** A target as rows state it. */
export interface FaultTarget {
  readonly id: string;
  readonly url: string;
  readonly preset: 'openai' | 'vllm' | 'groq';
  /** Tokens; absent where it is not stated. */
  readonly contextWindow?: number | undefined;
}

/** Options of the pool, in milliseconds as rows state them; what is left out is the default of the subject. */
export interface FaultOptions {
  readonly firstContentMs?: number;
  readonly idleMs?: number;
  readonly deadlineMs?: number;
  readonly hedgeAfterMs?: number;
  /** Going on with streams that break off; characters are held back where a number is given. @defaultValue `never` */
  readonly rescue?: 'continue' | { readonly holdBack: number };
  readonly policyFailover?: boolean;
  readonly breakerResetMs?: number;
}

/** A pool at work. */
export interface FaultPool extends AsyncDisposable {
  /** Asks for a chat completion. Never rejects. */
  ask(request: FaultRequest): Promise<FaultAnswer>;
  /** Attempts in flight. */
  readonly inFlight: number;
  readonly targets: readonly FaultTargetStats[];
  /** What was told of targets: `cooling`, `open`, `closed`. */
  readonly changes: readonly { readonly target: string; readonly change: string }[];
}

/** A request as rows state it. */
export interface FaultRequest {
  readonly isStream: boolean;
  /** The caller goes away. */
  readonly signal?: AbortSignal | undefined;
}

/** What rows look at of a target. */
export interface FaultTargetStats {
  readonly id: string;
  readonly attempts: number;
  readonly served: number;
  /** Attempts that failed, as its health is told. */
  readonly failures: number;
  /** Requests whose first attempt went here. */
  readonly picks: number;
}

/** What a caller got. */
export interface FaultAnswer {
  readonly text: string;
  readonly finishReason: string | undefined;
  /** Tokens of the answer, where they were told. */
  readonly outputTokens: number | undefined;
  readonly model: string | undefined;
  /** Attempts that were made for it, where they were told. */
  readonly attempts: number | undefined;
  readonly error: FaultError | undefined;
}

/** What a caller was told of a request that failed; what a subject does not tell is undefined. */
export interface FaultError {
  /** Whether a part of the answer had come before. */
  readonly isInStream: boolean;
  readonly message: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** The class of the failure, as the engine names it. */
  readonly kind: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** `x-should-retry`. */
  readonly shouldRetry: string | undefined;
}
