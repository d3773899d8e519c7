import type { ObservedEvents } from '@plimsoll/core';

import type { BatchObservableResult, Observable } from '@opentelemetry/api';

import type { Series } from './series.ts';

/** Tells requests in the words of one version of the GenAI conventions. */
export interface GenAi {
  /** What is not told as it happens, but when OpenTelemetry asks. */
  readonly observables: readonly Observable[];
  served(event: ObservedEvents['success'], series: Series): void;
  failed(latencyMs: number, errorType: string, series: Series): void;
  /** Answers for `observables`. */
  observe(result: BatchObservableResult, series: Series): void;
}
