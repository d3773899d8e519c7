import {
  optionError,
  type RequestTraits,
  type Snapshot,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type Target,
  type View,
} from '@plimsoll/core';

import { type Candidate, candidateOf } from './candidate.ts';
import { type Fallback, leastBusy, warnOnce } from './fallback.ts';

/**
 * Chooses one of the candidates, of which there is at least one; they are in the order of the configuration. It is to
 * answer at once, so a promise is no answer, and to keep no state, since `explain` asks it too. `nowMs` is the engine's
 * clock.
 */
export type Choose = (
  candidates: Candidate[],
  request: RequestTraits,
  nowMs: number,
) => Candidate | Target | undefined;

/** Options of `custom`. */
export interface CustomOptions {
  /** The strategy's name in events, metrics and explanations. @defaultValue 'custom' */
  readonly name?: string;
  /** Whether the function reads weights; if not, a configuration that states them is warned about. @defaultValue false */
  readonly honoursWeights?: boolean;
  /**
   * Told of every answer that could not be followed; what it throws is dropped.
   * @defaultValue a process warning for the first case of each reason
   */
  readonly onFallback?: (fallback: Fallback) => void;
}

/**
 * Chooses what a function of yours chooses, among the targets that are admissible. Where it throws, answers nothing or
 * something else, the least busy target by weight is used and `onFallback` is told; the request goes on.
 *
 * Use it for a rule of your own in a program; write a strategy package where it has to be fast, keep state, or be named
 * in a configuration. Prefer `rules` for conditions on the request.
 *
 * Source: none.
 *
 * Cost: O(n): about 25 to 40 ns and 270 bytes per target, since every candidate is a new object, which the function may keep.
 *
 * Weights are honoured if the function does so. No state.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION when `choose` or `onFallback` is no function, or `name` is empty.
 */
export function custom(choose: Choose, options: CustomOptions = {}): StrategyDefinition {
  const { name = 'custom', honoursWeights = false, onFallback = warnOnce(name) } = options;
  if (typeof choose !== 'function') throw optionError('custom', 'choose', 'a function', choose);
  if (typeof name !== 'string' || name === '') {
    throw optionError('custom', 'name', 'a text of at least one character', name);
  }
  if (typeof onFallback !== 'function') {
    throw optionError('custom', 'onFallback', 'a function', onFallback);
  }
  return {
    name,
    honoursWeights,
    expectedShare: 'none',
    create: (context) => new Custom(context, choose, onFallback),
  };
}

class Custom implements Strategy {
  readonly #context: StrategyContext;
  readonly #choose: Choose;
  readonly #onFallback: (fallback: Fallback) => void;
  #targets: readonly Target[] = [];
  #slots: Int32Array = new Int32Array(0);

  constructor(context: StrategyContext, choose: Choose, onFallback: (fallback: Fallback) => void) {
    this.#context = context;
    this.#choose = choose;
    this.#onFallback = onFallback;
  }

  update(snapshot: Snapshot): void {
    this.#targets = snapshot.targets;
    this.#slots = snapshot.slots;
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    const slots: number[] = [];
    const candidates: Candidate[] = [];
    for (const [index, target] of this.#targets.entries()) {
      const slot = this.#slots[index]!;
      if (!view.admits(slot)) continue;
      slots.push(slot);
      candidates.push(candidateOf(target, slot, view));
    }
    if (candidates.length === 0) return -1;
    const chosen = this.#ask(candidates, request, nowMs, view);
    return slots[candidates.indexOf(chosen)]!;
  }

  #ask(
    candidates: readonly Candidate[],
    request: RequestTraits,
    nowMs: number,
    view: View,
  ): Candidate {
    let fallback: Fallback;
    try {
      // An array of its own: it may sort it.
      const answer: unknown = this.#choose([...candidates], request, nowMs);
      const chosen = candidates.find(
        (candidate) => candidate === answer || candidate.target === answer,
      );
      if (chosen !== undefined) return chosen;
      fallback = { reason: answer === undefined ? 'no_answer' : 'not_a_candidate' };
    } catch (error) {
      fallback = { reason: 'threw', error };
    }
    view.trace?.step(`fallback to the least busy: ${fallback.reason}`);
    if (!view.peek) this.#report(fallback);
    return leastBusy(candidates, this.#context.random);
  }

  #report(fallback: Fallback): void {
    try {
      this.#onFallback(fallback);
    } catch {
      // A pick never throws, and there is nobody left to tell.
    }
  }
}
