import { performance } from 'node:perf_hooks';

import type { TargetOptions } from '@plimsoll/balancer';
import type { TargetConfig } from '@plimsoll/config';
import type {
  AttemptSink,
  Failure,
  Provider,
  RateLimitFact,
  Request,
  Target,
  WireHead,
  WireRequest,
} from '@plimsoll/core';

/** How a target answered. */
export interface TargetCheck {
  readonly target: string;
  readonly isReachable: boolean;
  /** From the request to the end of the answer, connecting included; `null` without an answer. */
  readonly latencyMs: number | null;
  /** `null` where the target has none, or the answer does not tell. */
  readonly isKeyAccepted: boolean | null;
  /** Whether the provider lists the model; `null` where any name is handed on, or the list does not tell. */
  readonly isModelKnown: boolean | null;
  /** What the answer says of rate limits. */
  readonly limits: readonly RateLimitFact[];
  /** What is wrong, in words; `null` when nothing is. */
  readonly problem: string | null;
}

/** Options of `checkTargets`. */
export interface LiveOptions {
  /** How long one provider may take. */
  readonly timeoutMs: number;
  onProgress(done: number, total: number): void;
}

/** Providers asked at once: enough to be quick, too few to be taken for an attack. */
const CONCURRENCY = 8;

const LIST_MODELS: Request<WireRequest> = {
  operation: 'models',
  payload: { dialect: 'openai', method: 'GET', path: '/models', json: {} },
};

export function isWell({ problem }: TargetCheck): boolean {
  return problem === null;
}

/** Asks the provider of each target for its models; those that share one are asked once. In the order of `targets`. */
export async function checkTargets(
  targets: readonly TargetConfig[],
  composition: { target(id: string): TargetOptions | undefined },
  { timeoutMs, onProgress }: LiveOptions,
): Promise<TargetCheck[]> {
  const made = targets.map(({ id }) => composition.target(id)!);
  const providers = [...new Set(made.map(({ provider }) => provider!))];
  const answers = new Map<Provider, ProviderAnswer>();
  onProgress(0, providers.length);
  const waiting = providers.entries();
  const worker = async (): Promise<void> => {
    for (const [, provider] of waiting) {
      const target = made.find((one) => one.provider === provider)!;
      answers.set(provider, await ask(provider, target as Target, timeoutMs));
      onProgress(answers.size, providers.length);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return targets.map((config, index) => judged(config, answers.get(made[index]!.provider!)!));
}

interface ProviderAnswer {
  readonly failure: Failure | undefined;
  /** `undefined` where the answer is no list of models. */
  readonly models: readonly string[] | undefined;
  readonly limits: readonly RateLimitFact[];
  readonly latencyMs: number;
}

/** One attempt, no more: what is asked is whether it works now. */
function ask(provider: Provider, target: Target, timeoutMs: number): Promise<ProviderAnswer> {
  return new Promise((resolve) => {
    const startedAtMs = performance.now();
    const parts: Uint8Array[] = [];
    let limits: readonly RateLimitFact[] = [];
    const end = (failure: Failure | undefined): void => {
      clearTimeout(timer);
      const latencyMs = performance.now() - startedAtMs;
      resolve({ failure, models: failure ? undefined : modelsIn(parts), limits, latencyMs });
    };
    const sink: AttemptSink<WireHead, Uint8Array> = {
      onConnect() {},
      onHead() {},
      onChunk: (chunk) => void parts.push(chunk),
      onLimits: (facts) => (limits = facts),
      onEnd: () => end(undefined),
      onError: end,
    };
    const control = provider.attempt(target, LIST_MODELS, sink);
    const timer = setTimeout(() => {
      control.abort();
      const message = `no answer within ${timeoutMs} ms`;
      end({ kind: 'timeout', verdict: 'failover', message, isHealthFailure: true });
    }, timeoutMs);
  });
}

/** The ids in an answer in the form of OpenAI's list of models. */
function modelsIn(parts: readonly Uint8Array[]): readonly string[] | undefined {
  try {
    const { data } = JSON.parse(Buffer.concat(parts).toString()) as { data?: unknown };
    if (!Array.isArray(data)) return undefined;
    return data.flatMap((model: { id?: unknown } | null) =>
      typeof model?.id === 'string' ? [model.id] : [],
    );
  } catch {
    return undefined;
  }
}

/** Providers whose list is not what a target's `model` is one of: deployments have names of their own. */
const LISTS_SOMETHING_ELSE: ReadonlySet<string> = new Set(['azure', 'simulated']);

/** Failures that say that the API let the key in. */
const PAST_THE_DOOR: ReadonlySet<Failure['kind']> = new Set([
  'throttle',
  'ramp',
  'money',
  'daily_quota',
]);

function judged(config: TargetConfig, answer: ProviderAnswer): TargetCheck {
  const { failure, limits, latencyMs } = answer;
  const found = { target: config.id, limits, latencyMs };
  const hasKey = config.apiKey !== undefined;
  if (failure === undefined) {
    const isModelKnown = knows(answer.models, config);
    const problem = isModelKnown === false ? `the provider lists no model ${config.model}` : null;
    const isKeyAccepted = hasKey ? true : null;
    return { ...found, isReachable: true, isKeyAccepted, isModelKnown, problem };
  }
  const { kind, status, message } = failure;
  if (status === undefined && (kind === 'network' || kind === 'timeout')) {
    const isReachable = false;
    const problem = message;
    return {
      ...found,
      isReachable,
      latencyMs: null,
      isKeyAccepted: null,
      isModelKnown: null,
      problem,
    };
  }
  const isKeyAccepted = kind === 'auth' ? false : hasKey && PAST_THE_DOOR.has(kind) ? true : null;
  // A server that lists no models may well serve them.
  const problem = status === 404 || status === 405 ? null : said(kind, status, message);
  return { ...found, isReachable: true, isKeyAccepted, isModelKnown: null, problem };
}

function knows(models: readonly string[] | undefined, config: TargetConfig): boolean | null {
  const { model, provider } = config;
  if (models === undefined || model === '*' || LISTS_SOMETHING_ELSE.has(provider)) return null;
  // Ollama's names end in a tag, which may be left out.
  return models.includes(model) || models.includes(`${model}:latest`);
}

function said(kind: Failure['kind'], status: number | undefined, message: string): string {
  const what = kind === 'auth' ? 'the key is refused' : 'the provider answers with an error';
  return `${what}${status === undefined ? '' : ` (${status})`}: ${message}`;
}
