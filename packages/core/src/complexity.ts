import type { RequestTraits } from './request.ts';

/**
 * How hard a request is, from 0 to 1: the caller's own word (`complexity`) where there is one, else guessed from its
 * shape, never by asking a model:
 *
 *     0.5 x i / (i + 2000) + 0.25 x e / (e + 8) + 0.25 x t / (t + 4)
 *
 * for i tokens of prompt, e earlier messages of the conversation and t tools. Each part grows from 0 and is half of what
 * it can be at 2,000 tokens, 8 messages, 4 tools: a short question is near 0, a long agent conversation near 1. The
 * figures are a convention, not a measurement.
 */
export function complexityOf(request: RequestTraits): number {
  const { complexity } = request;
  if (complexity !== undefined) return Math.min(1, Math.max(0, complexity));
  const earlier = Math.max(0, (request.turns ?? 0) - 1);
  return (
    0.5 * saturating(request.inputTokens ?? 0, 2000) +
    0.25 * saturating(earlier, 8) +
    0.25 * saturating(request.tools ?? 0, 4)
  );
}

function saturating(value: number, half: number): number {
  return value / (value + half);
}
