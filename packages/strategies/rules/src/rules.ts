import {
  optionError,
  type Outcome,
  type RequestTraits,
  type Snapshot,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type Target,
  type View,
} from '@plimsoll/core';

import { Part } from './part.ts';

/** One rule: which requests it is for, and where they go. */
export interface Rule {
  /** Called at every pick until a rule matches, so it should be quick; one that throws does not match. */
  readonly when: (request: RequestTraits) => boolean;
  /** Chooses among the rule's targets. */
  readonly use: StrategyDefinition;
  /** Only the targets with these ids. @defaultValue all */
  readonly targets?: readonly string[] | undefined;
  /** Only the targets that carry all of these tags. @defaultValue all */
  readonly tags?: readonly string[] | undefined;
  /** What `explain` calls it, besides its number. @defaultValue none */
  readonly name?: string | undefined;
}

/** Options of `rules`. */
export interface RulesOptions {
  /** The first one that matches decides. */
  readonly rules: readonly Rule[];
  /** Chooses among all targets where no rule matches. */
  readonly otherwise: StrategyDefinition;
  /**
   * What happens when the rule that matches has no admissible target: true goes on to the next one that matches and at
   * last to `otherwise`, so that a rule is a preference; false lets the request wait or fail, so that a rule is a
   * demand.
   * @defaultValue true
   */
  readonly fallThrough?: boolean;
}

/**
 * Chooses by conditions on the request: the first rule whose condition holds says which targets and which strategy.
 *
 * Use it where requests differ in what they need: long prompts, images, tools, a customer's plan. Use the target's
 * capabilities, tags and residency for what must hold: the engine keeps those whatever the rules say.
 *
 * Source: none; first match wins, as in every rule list.
 *
 * Cost: the conditions up to the first match, plus the inner pick of each rule asked. Memory: one byte per slot and
 * rule.
 *
 * Weights are honoured where the inner strategies do so. State: that of the inner strategies.
 */
export function rules(options: RulesOptions): StrategyDefinition {
  const { rules: list, otherwise, fallThrough = true } = options;
  if (!Array.isArray(list)) throw optionError('rules', 'rules', 'a list of rules', list);
  for (const [index, rule] of list.entries()) checkRule(rule, `rules.${index}`);
  if (!isDefinition(otherwise)) {
    throw optionError('rules', 'otherwise', 'a strategy, such as roundRobin()', otherwise);
  }
  if (typeof fallThrough !== 'boolean') {
    throw optionError('rules', 'fallThrough', 'true or false', fallThrough);
  }
  return {
    name: 'rules',
    honoursWeights: [otherwise, ...list.map((rule) => rule.use)].every((use) => use.honoursWeights),
    expectedShare: 'none',
    create: (context) => new Rules(list, otherwise, fallThrough, context),
  };
}

class Rules implements Strategy {
  readonly #conditions: readonly Rule['when'][];
  /** By rule, and `otherwise` at the end. */
  readonly #parts: readonly Part[];
  readonly #fallThrough: boolean;

  constructor(
    list: readonly Rule[],
    otherwise: StrategyDefinition,
    fallThrough: boolean,
    context: StrategyContext,
  ) {
    this.#conditions = list.map((rule) => rule.when);
    this.#parts = [
      ...list.map(
        (rule, index) => new Part(labelOf(rule, index), rule.use.create(context), filterOf(rule)),
      ),
      new Part('otherwise', otherwise.create(context)),
    ];
    this.#fallThrough = fallThrough;
  }

  update(snapshot: Snapshot): void {
    for (const part of this.#parts) part.update(snapshot);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    const last = this.#parts.length - 1;
    for (let index = 0; index < last; index++) {
      if (!this.#matches(index, view, request)) continue;
      const slot = this.#parts[index]!.pick(view, request, nowMs);
      if (slot >= 0 || !this.#fallThrough) return slot;
    }
    return this.#parts[last]!.pick(view, request, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    for (const part of this.#parts) part.observe(slot, outcome, nowMs);
  }

  #matches(index: number, view: View, request: RequestTraits): boolean {
    try {
      return this.#conditions[index]!(request);
    } catch (error) {
      view.trace?.step(`${this.#parts[index]!.label}: condition failed: ${messageOf(error)}`);
      return false;
    }
  }
}

function labelOf(rule: Rule, index: number): string {
  return rule.name === undefined ? `rule ${index + 1}` : `rule ${index + 1}: ${rule.name}`;
}

function filterOf(rule: Rule): ((target: Target) => boolean) | undefined {
  const { targets, tags = [] } = rule;
  if (targets === undefined && tags.length === 0) return undefined;
  const ids = targets && new Set(targets);
  return ({ id, tags: carried }) =>
    (ids === undefined || ids.has(id)) && tags.every((tag) => carried.includes(tag));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function checkRule(rule: Rule, path: string): void {
  if (typeof rule?.when !== 'function') {
    throw optionError('rules', `${path}.when`, 'a function of the request', rule?.when);
  }
  if (!isDefinition(rule.use)) {
    throw optionError('rules', `${path}.use`, 'a strategy, such as roundRobin()', rule.use);
  }
  for (const key of ['targets', 'tags'] as const) {
    const list = rule[key];
    if (list !== undefined && !(Array.isArray(list) && list.length > 0)) {
      throw optionError('rules', `${path}.${key}`, 'a list with at least one entry', list);
    }
  }
}

function isDefinition(value: StrategyDefinition): boolean {
  return typeof value?.create === 'function';
}
