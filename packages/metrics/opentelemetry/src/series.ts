import type { Attributes } from '@opentelemetry/api';
import type { Target, Usage } from '@plimsoll/core';

import { attribute, operationNames, providerNames, UNKNOWN_PROVIDER } from './names.ts';

/** Whose models a target has, in the words of the conventions; undefined where that is not known. */
export type ProviderOf = (target: Target) => string | undefined;

/** Requests of one pool that have the same attributes, and the tokens they used. */
export class Series {
  /** As the conventions call it. */
  readonly operation: string;
  readonly attributes: Attributes;
  inputTokens = 0;
  outputTokens = 0;
  /** Undefined until a provider tells any. */
  cachedTokens: number | undefined = undefined;
  reasoningTokens: number | undefined = undefined;

  constructor(operation: string, attributes: Attributes) {
    this.operation = operation;
    this.attributes = attributes;
  }

  add({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }: Usage): void {
    this.inputTokens += inputTokens;
    this.outputTokens += outputTokens;
    if (cachedInputTokens !== undefined) {
      this.cachedTokens = (this.cachedTokens ?? 0) + cachedInputTokens;
    }
    if (reasoningTokens !== undefined) {
      this.reasoningTokens = (this.reasoningTokens ?? 0) + reasoningTokens;
    }
  }
}

/** The series of one pool. */
export class SeriesBook {
  readonly #pool: string;
  readonly #providerOf: ProviderOf;
  readonly #series = new Map<string, Series>();

  constructor(pool: string, providerOf: ProviderOf) {
    this.#pool = pool;
    this.#providerOf = providerOf;
  }

  /**
   * The series of an answer. Where the caller names the model (`*`), models are not told: a caller could make as many
   * series as it has names for them.
   */
  of(operation: string, target: Target, answered: string | undefined): Series {
    const isOpen = target.model === undefined || target.model === '*';
    const requested = isOpen ? '' : target.model;
    const model = isOpen ? '' : (answered ?? '');
    const provider = this.#providerOf(target) ?? providerOf(target);
    const key = `${operation}\0${provider}\0${requested}\0${model}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const name = operationNames.get(operation) ?? operation;
      series = new Series(name, {
        [attribute.operation]: name,
        [attribute.provider]: provider,
        ...(requested === '' ? {} : { [attribute.requestModel]: requested }),
        ...(model === '' ? {} : { [attribute.responseModel]: model }),
        [attribute.pool]: this.#pool,
      });
      this.#series.set(key, series);
    }
    return series;
  }

  [Symbol.iterator](): Iterator<Series> {
    return this.#series.values();
  }
}

function providerOf({ provider }: Target): string {
  if (provider === undefined) return UNKNOWN_PROVIDER;
  return providerNames.get(provider.name) ?? provider.name;
}
