import type { ObservedEvents } from '@plimsoll/core';

import type {
  BatchObservableResult,
  Histogram,
  Meter,
  Observable,
  ObservableCounter,
} from '@opentelemetry/api';

import type { GenAi } from './gen-ai.ts';
import {
  attribute,
  current,
  DURATION_BOUNDS,
  inferences,
  unit,
  UNKNOWN_MODALITY,
} from './names.ts';
import type { Series } from './series.ts';

/**
 * The conventions since May 2026. Tokens are added up here and told when OpenTelemetry asks, since a record costs a
 * microsecond or more; times are recorded one by one, since its API has no other way for a histogram.
 */
export class CurrentGenAi implements GenAi {
  readonly observables: readonly Observable[];
  readonly #inferenceDuration: Histogram;
  readonly #operationDuration: Histogram;
  readonly #timeToFirstChunk: Histogram;
  readonly #inputTokens: ObservableCounter;
  readonly #outputTokens: ObservableCounter;
  readonly #cachedTokens: ObservableCounter;
  readonly #reasoningTokens: ObservableCounter;

  constructor(meter: Meter) {
    const histogram = (name: string, description: string): Histogram => {
      const advice = { explicitBucketBoundaries: DURATION_BOUNDS };
      return meter.createHistogram(name, { description, unit: unit.seconds, advice });
    };
    const counter = (name: string, description: string): ObservableCounter =>
      meter.createObservableCounter(name, { description, unit: unit.tokens });
    this.#inferenceDuration = histogram(
      current.inferenceDuration,
      'From the start of a request to its last byte, waiting and failed attempts included.',
    );
    this.#operationDuration = histogram(
      current.operationDuration,
      'The same, of operations that generate nothing, such as embeddings.',
    );
    this.#timeToFirstChunk = histogram(
      current.timeToFirstChunk,
      'From the start of a request to its first content; served streams only.',
    );
    this.#inputTokens = counter(current.inputTokens, 'Tokens of prompts, cached ones included.');
    this.#outputTokens = counter(current.outputTokens, 'Tokens of answers, reasoning included.');
    this.#cachedTokens = counter(current.cachedTokens, 'Tokens of prompts from a cache.');
    this.#reasoningTokens = counter(current.reasoningTokens, 'Tokens spent on reasoning.');
    this.observables = [
      this.#inputTokens,
      this.#outputTokens,
      this.#cachedTokens,
      this.#reasoningTokens,
    ];
  }

  served(event: ObservedEvents['success'], series: Series): void {
    const { attributes } = series;
    this.#durationOf(series).record(event.latencyMs / 1000, attributes);
    if (event.isStream && inferences.has(series.operation)) {
      this.#timeToFirstChunk.record(event.firstContentMs / 1000, attributes);
    }
  }

  failed(latencyMs: number, errorType: string, series: Series): void {
    const attributes = { ...series.attributes, [attribute.errorType]: errorType };
    this.#durationOf(series).record(latencyMs / 1000, attributes);
  }

  observe(result: BatchObservableResult, series: Series): void {
    if (!inferences.has(series.operation)) return;
    const attributes = { ...series.attributes, [attribute.tokenModality]: UNKNOWN_MODALITY };
    const { cachedTokens, reasoningTokens } = series;
    result.observe(this.#inputTokens, series.inputTokens, attributes);
    result.observe(this.#outputTokens, series.outputTokens, attributes);
    if (cachedTokens !== undefined) result.observe(this.#cachedTokens, cachedTokens, attributes);
    if (reasoningTokens !== undefined) {
      result.observe(this.#reasoningTokens, reasoningTokens, attributes);
    }
  }

  #durationOf({ operation }: Series): Histogram {
    return inferences.has(operation) ? this.#inferenceDuration : this.#operationDuration;
  }
}
