/**
 * Every string that OpenTelemetry is told, in this file alone: no npm package has the current GenAI ones, and while the
 * conventions are in development they may change again.
 *
 * Sources: https://github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai/client-inference.md,
 * gen-ai-token-metrics.md, gen-ai-metrics.md and non-normative/migration.md (the current names, since May 2026);
 * https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-metrics.md (the older ones);
 * https://opentelemetry.io/docs/specs/semconv/general/metrics/ (how names and units are made).
 */

/** What the meter is called. */
export const SCOPE = '@plimsoll/metrics-opentelemetry';

/** Metrics of the GenAI conventions, as they are now. */
export const current = {
  inferenceDuration: 'gen_ai.client.inference.duration',
  /** Of operations that are no inference, such as embeddings. */
  operationDuration: 'gen_ai.client.operation.duration',
  timeToFirstChunk: 'gen_ai.client.inference.time_to_first_chunk',
  inputTokens: 'gen_ai.client.inference.usage.input_tokens',
  outputTokens: 'gen_ai.client.inference.usage.output_tokens',
  /** A part of the input tokens. */
  cachedTokens: 'gen_ai.client.inference.usage.cache_read.input_tokens',
  /** A part of the output tokens. */
  reasoningTokens: 'gen_ai.client.inference.usage.reasoning.output_tokens',
} as const;

/** Metrics of the GenAI conventions up to version 1.41.0. */
export const older = {
  operationDuration: 'gen_ai.client.operation.duration',
  /** Up to 1.36.0 this stood where a client's time to the first chunk would. */
  timeToFirstToken: 'gen_ai.server.time_to_first_token',
  timeToFirstChunk: 'gen_ai.client.operation.time_to_first_chunk',
  tokenUsage: 'gen_ai.client.token.usage',
} as const;

/** What only a balancer knows. */
export const balancer = {
  requests: 'plimsoll.requests',
  attempts: 'plimsoll.attempts',
  failovers: 'plimsoll.failovers',
  tokens: 'plimsoll.tokens',
  cost: 'plimsoll.cost',
  overhead: 'plimsoll.overhead',
  inFlight: 'plimsoll.in_flight',
  queueDepth: 'plimsoll.queue_depth',
  targetState: 'plimsoll.target_state',
  breakerTransitions: 'plimsoll.breaker_transitions',
  coolDowns: 'plimsoll.cooldowns',
  rateLimitRemaining: 'plimsoll.ratelimit_remaining',
  rateLimitLimit: 'plimsoll.ratelimit_limit',
  selectionShare: 'plimsoll.selection_share',
  expectedShare: 'plimsoll.expected_share',
  fairnessIndex: 'plimsoll.fairness_index',
  fairnessBound: 'plimsoll.fairness_bound',
  affinityHits: 'plimsoll.affinity_hits',
  storeErrors: 'plimsoll.store_errors',
  configReloads: 'plimsoll.config_reloads',
} as const;

/** Attributes. */
export const attribute = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  tokenType: 'gen_ai.token.type',
  tokenModality: 'gen_ai.token.modality',
  errorType: 'error.type',
  pool: 'plimsoll.pool',
  target: 'plimsoll.target',
  outcome: 'plimsoll.outcome',
  from: 'plimsoll.from',
  to: 'plimsoll.to',
  state: 'plimsoll.state',
  scope: 'plimsoll.scope',
  reason: 'plimsoll.reason',
  dimension: 'plimsoll.dimension',
  window: 'plimsoll.window',
  result: 'plimsoll.result',
} as const;

/** Units, as UCUM writes them. */
export const unit = {
  seconds: 's',
  tokens: '{token}',
  requests: '{request}',
  attempts: '{attempt}',
  failovers: '{failover}',
  usDollars: '{USD}',
  transitions: '{transition}',
  coolDowns: '{cooldown}',
  errors: '{error}',
  reloads: '{reload}',
  ratio: '1',
} as const;

/** What adapters that stand for a known provider are called by the conventions, where that is another name. */
export const providerNames: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure.ai.openai'],
  ['bedrock', 'aws.bedrock'],
  ['google', 'gcp.gemini'],
  ['mistral', 'mistral_ai'],
  ['moonshot', 'moonshot_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['xai', 'x_ai'],
]);

/** Where neither the target nor the program says whose model it is. */
export const UNKNOWN_PROVIDER = 'unknown';

/** What operations are called by the conventions, where that is another name. */
export const operationNames: ReadonlyMap<string, string> = new Map([
  ['completions', 'text_completion'],
  ['messages', 'chat'],
  ['responses', 'chat'],
]);

/** Operations that generate something: the metrics of inference are theirs. */
export const inferences: ReadonlySet<string> = new Set([
  'chat',
  'generate_content',
  'text_completion',
]);

/** Where a provider does not say what kind of tokens it counts. */
export const UNKNOWN_MODALITY = 'unknown';

/** Upper bounds of buckets for durations, in seconds: 0.01 to 81.92, doubling. */
export const DURATION_BOUNDS: number[] = Array.from(
  { length: 14 },
  (_, index) => 0.01 * 2 ** index,
);

/** The older ones for the time to the first token, in seconds. */
export const OLDER_FIRST_TOKEN_BOUNDS: number[] = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** The older ones for tokens of one answer: 1 to 67,108,864, in steps of four. */
export const OLDER_TOKEN_BOUNDS: number[] = Array.from({ length: 14 }, (_, index) => 4 ** index);
