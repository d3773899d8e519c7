import { seededRandom } from '@plimsoll/core';
import { textIn, tokensOf, wireUsage } from './simulated-usage.ts';
import type { WireEmbeddingsRequest } from './simulated-wire.ts';

const DIMENSIONS = 256;
const MOST_DIMENSIONS = 8192;

/** Inputs of a request: one text, several, or texts as lists of tokens. */
export function inputsOf(input: unknown): readonly unknown[] | undefined {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0) return undefined;
  return typeof input[0] === 'number' ? [input] : input;
}

/** Tokens of all inputs. */
export function inputTokensOf(inputs: readonly unknown[]): number {
  return inputs.reduce<number>(
    (sum, input) => sum + (Array.isArray(input) ? input.length : tokensOf(textIn(input))),
    0,
  );
}

/** Vectors of length 1 that depend on the input alone: equal texts are equal, and others are far apart. */
export function embeddingsBody(
  request: WireEmbeddingsRequest,
  inputs: readonly unknown[],
  model: string,
): object {
  const { dimensions } = request;
  const wanted = typeof dimensions === 'number' && dimensions >= 1 ? dimensions : DIMENSIONS;
  const length = Math.floor(Math.min(wanted, MOST_DIMENSIONS));
  return {
    object: 'list',
    data: inputs.map((input, index) => {
      const vector = vectorOf(JSON.stringify(input), length);
      return {
        object: 'embedding',
        index,
        embedding:
          request.encoding_format === 'base64'
            ? Buffer.from(vector.buffer).toString('base64')
            : [...vector],
      };
    }),
    model,
    usage: wireUsage({ inputTokens: inputTokensOf(inputs), outputTokens: 0 }),
  };
}

function vectorOf(text: string, length: number): Float32Array {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  const random = seededRandom(hash);
  const vector = Float32Array.from({ length }, () => random.float() - 0.5);
  const norm = Math.hypot(...vector);
  return vector.map((part) => part / norm);
}
