import { type Balancer, balancer, breaker, fleet } from '@plimsoll/balancer';
import {
  type Provider,
  seededRandom,
  type StrategyDefinition,
  type WireHead,
  type WireRequest,
} from '@plimsoll/core';
import { openai } from '@plimsoll/provider-openai';
import { latency } from '@plimsoll/strategy-latency';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import type { FaultSetup, FaultTargetStats, ManualClock } from '@plimsoll/testkit';

const strategies: Record<FaultSetup['strategy'], () => StrategyDefinition> = {
  'round-robin': roundRobin,
  'least-busy': leastBusy,
  latency,
};

/** The pool that a row asks for, and what can be seen of it. */
export class TestedPool implements AsyncDisposable {
  readonly balancer: Balancer<WireRequest, WireHead, Uint8Array>;
  readonly changes: { target: string; change: string }[] = [];
  readonly #providers: readonly Provider[];

  constructor({ targets, strategy, options }: FaultSetup, clock: ManualClock) {
    const { rescue, hedgeAfterMs, policyFailover, breakerResetMs, ...timeouts } = options;
    const known = targets.map(({ id, url, preset, contextWindow }) => ({
      id,
      model: 'gpt-test',
      provider: openai({ preset, baseUrl: url, apiKey: `sk-${id}`, clock }),
      capabilities: { contextWindow },
    }));
    this.#providers = known.map(({ provider }) => provider);
    this.balancer = balancer({
      name: 'chat',
      strategy: strategies[strategy](),
      targets: known,
      fleet: fleet({ clock, random: seededRandom(1) }),
      timeouts,
      retry: { policyFailover: policyFailover === true },
      ...(rescue !== undefined && { rescue: rescue === 'continue' ? {} : rescue }),
      ...(hedgeAfterMs !== undefined && { hedge: { afterMs: hedgeAfterMs, budgetRatio: 1 } }),
      ...(breakerResetMs !== undefined && {
        health: breaker({ resetMs: breakerResetMs, maxResetMs: breakerResetMs }),
      }),
    });
    this.balancer.on('target', ({ target, change }) => {
      this.changes.push({ target: target.id, change });
    });
  }

  get inFlight(): number {
    return this.balancer.stats().targets.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  get targets(): readonly FaultTargetStats[] {
    return this.balancer.stats().targets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is in flight any more, so this waits for nothing.
    await this.balancer.close();
    for (const provider of this.#providers) await provider.close?.();
  }
}
