import { Buffer } from 'node:buffer';

import type { UpstreamAnswer } from './answer.ts';

/** What is read of a request for embeddings. */
interface EmbeddingsRequest {
  readonly model?: string;
  readonly input?: string | readonly unknown[];
  readonly dimensions?: number;
  readonly encoding_format?: string;
}

/** Embeddings that answer `request`: equal inputs have equal vectors, of length 1. */
export function embeddingsBody(request: unknown, answer: UpstreamAnswer): unknown {
  const asked = request as EmbeddingsRequest;
  // One text, or one text as token numbers, or several of either.
  const { input = '' } = asked;
  const isOne = typeof input === 'string' || typeof input[0] === 'number';
  const inputs = isOne ? [input] : input;
  const tokens = answer.usage?.promptTokens ?? Math.ceil(JSON.stringify(input).length / 4);
  return {
    object: 'list',
    model: answer.model ?? asked.model ?? 'unknown',
    data: inputs.map((text, index) => {
      const vector = vectorOf(JSON.stringify(text), asked.dimensions ?? 8);
      return {
        object: 'embedding',
        index,
        embedding:
          asked.encoding_format === 'base64'
            ? Buffer.from(vector.buffer).toString('base64')
            : Array.from(vector),
      };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions).fill(1);
  for (let index = 0; index < text.length; index++) {
    vector[index % dimensions]! += text.charCodeAt(index);
  }
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
