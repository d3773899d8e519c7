import type { Price, Usage } from '@plimsoll/core';

/** US dollars for `usage` at `price`; undefined when either is unknown. */
export function costUsd(price: Price | undefined, usage: Usage | undefined): number | undefined {
  if (price === undefined || usage === undefined) return undefined;
  const cached = usage.cachedInputTokens ?? 0;
  return (
    ((usage.inputTokens - cached) * price.input +
      cached * (price.cachedInput ?? price.input) +
      usage.outputTokens * price.output) /
    1_000_000
  );
}
