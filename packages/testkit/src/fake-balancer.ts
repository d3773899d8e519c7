import type {
  Failure,
  FailureKind,
  Observed,
  ObservedEvents,
  ObservedStats,
  ObservedTarget,
  Target,
} from '@plimsoll/core';

/** A balancer of which a test says what it tells: a double for tests of exporters. */
export class FakeBalancer implements Observed {
  readonly name: string;
  /** What `stats` says. */
  queued: number = 0;
  affinity: { home: number; overflow: number } = { home: 0, overflow: 0 };
  targets: ObservedTarget[] = [];
  readonly #listeners = new Map<string, Set<(event: never) => void>>();

  constructor(name = 'chat') {
    this.name = name;
  }

  on<Name extends keyof ObservedEvents>(
    name: Name,
    listener: (event: ObservedEvents[Name]) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells those who listen. */
  emit<Name extends keyof ObservedEvents>(name: Name, event: ObservedEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(event as never);
  }

  /** Tells of a request that was served. */
  served(latencyMs: number, more: Partial<ObservedEvents['success']> = {}): void {
    this.emit('success', {
      operation: 'chat',
      isStream: false,
      target: targetNamed('a'),
      latencyMs,
      firstContentMs: latencyMs,
      usage: undefined,
      model: undefined,
      ...more,
    });
  }

  /** Tells of a request that was not served. */
  failed(latencyMs: number, more: Partial<ObservedEvents['failure']> = {}): void {
    this.emit('failure', {
      operation: 'chat',
      code: 'ERR_PLIMSOLL_FAILED',
      failure: failureOf('server'),
      target: targetNamed('a'),
      latencyMs,
      ...more,
    });
  }

  stats(): ObservedStats {
    const { queued, affinity, targets } = this;
    return { queued, affinity, targets };
  }
}

/** A target's numbers, with zeros where a test says nothing. */
export function observedTarget(id: string, more: Partial<ObservedTarget> = {}): ObservedTarget {
  return {
    id,
    state: 'healthy',
    share: 0,
    expectedShare: undefined,
    served: 0,
    aborted: 0,
    inFlight: 0,
    quotas: [],
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    ...more,
  };
}

/** A target of the model `gpt-5-mini` at OpenAI, unless a test says another. */
export function targetNamed(id: string, more: Partial<Target> = {}): Target {
  return {
    id,
    provider: adapterNamed('openai'),
    model: 'gpt-5-mini',
    weight: 1,
    tier: 0,
    tags: [],
    quotaGroup: id,
    cacheDomain: id,
    ...more,
  };
}

/** An adapter that only has a name. */
export function adapterNamed(name: string): NonNullable<Target['provider']> {
  const unused = (): never => {
    throw new Error('a double makes no attempt');
  };
  return { name, attempt: unused, classify: unused };
}

/** A failure of this kind, with a message that must not be told. */
export function failureOf(kind: FailureKind): Failure {
  return { kind, verdict: 'failover', message: 'sk-secret said no', isHealthFailure: true };
}
