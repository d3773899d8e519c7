import type { ObservedEvents } from '@plimsoll/core';

import type { Histogram, Meter } from '@opentelemetry/api';

import type { GenAi } from './gen-ai.ts';
import {
  attribute,
  DURATION_BOUNDS,
  older,
  OLDER_FIRST_TOKEN_BOUNDS,
  OLDER_TOKEN_BOUNDS,
  unit,
} from './names.ts';
import type { Series } from './series.ts';

/** The conventions up to version 1.41.0: for dashboards that were made for them. Tokens are histograms there. */
export class OlderGenAi implements GenAi {
  readonly observables: readonly [] = [];
  readonly #duration: Histogram;
  readonly #timeToFirstChunk: Histogram;
  readonly #timeToFirstToken: Histogram;
  readonly #tokenUsage: Histogram;

  constructor(meter: Meter) {
    const histogram = (
      name: string,
      of: string,
      bounds: number[],
      description: string,
    ): Histogram => {
      const advice = { explicitBucketBoundaries: bounds };
      return meter.createHistogram(name, { description, unit: of, advice });
    };
    this.#duration = histogram(
      older.operationDuration,
      unit.seconds,
      DURATION_BOUNDS,
      'From the start of a request to its last byte, waiting and failed attempts included.',
    );
    const firstContent = 'From the start of a request to its first content; served streams only.';
    this.#timeToFirstChunk = histogram(
      older.timeToFirstChunk,
      unit.seconds,
      DURATION_BOUNDS,
      firstContent,
    );
    this.#timeToFirstToken = histogram(
      older.timeToFirstToken,
      unit.seconds,
      OLDER_FIRST_TOKEN_BOUNDS,
      firstContent,
    );
    this.#tokenUsage = histogram(
      older.tokenUsage,
      unit.tokens,
      OLDER_TOKEN_BOUNDS,
      'Tokens of one request.',
    );
  }

  served(event: ObservedEvents['success'], { attributes }: Series): void {
    const { latencyMs, isStream, firstContentMs, usage } = event;
    this.#duration.record(latencyMs / 1000, attributes);
    if (isStream) {
      this.#timeToFirstChunk.record(firstContentMs / 1000, attributes);
      this.#timeToFirstToken.record(firstContentMs / 1000, attributes);
    }
    if (usage === undefined) return;
    const ofType = (type: string) => ({ ...attributes, [attribute.tokenType]: type });
    this.#tokenUsage.record(usage.inputTokens, ofType('input'));
    this.#tokenUsage.record(usage.outputTokens, ofType('output'));
  }

  failed(latencyMs: number, errorType: string, { attributes }: Series): void {
    this.#duration.record(latencyMs / 1000, { ...attributes, [attribute.errorType]: errorType });
  }

  observe(): void {}
}
