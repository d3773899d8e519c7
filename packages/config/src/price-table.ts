import { calcPrice } from '@pydantic/genai-prices';

import { placedTargets } from './placed-targets.ts';
import type { FileConfig, FileTarget } from './schema.ts';

type Price = NonNullable<FileTarget['price']>;

/**
 * Tokens that a price is read off at: few, since some models cost more past a length. Prices are per million of them.
 */
const TOKENS = 1000;

/** The file with prices of the kept table for targets that state none, where it asks for that. */
export function priced(file: FileConfig): FileConfig {
  if (file.prices !== 'table') return file;
  for (const { target } of placedTargets(file)) target.price ??= tablePrice(target);
  return file;
}

/**
 * US dollars per million tokens by the table that `@pydantic/genai-prices` keeps; undefined for a model it does not know.
 *
 * Source: https://github.com/pydantic/genai-prices, as of the installed version.
 */
export function tablePrice({
  provider,
  model,
}: Pick<FileTarget, 'provider' | 'model'>): Price | undefined {
  const usd = (usage: Parameters<typeof calcPrice>[0]): number | undefined => {
    const price = calcPrice(usage, model, { providerId: provider })?.total_price;
    return price === undefined ? undefined : (price * 1_000_000) / TOKENS;
  };
  const input = usd({ input_tokens: TOKENS, output_tokens: 0 });
  const output = usd({ input_tokens: 0, output_tokens: TOKENS });
  if (input === undefined || output === undefined) return undefined;
  const cachedInput = usd({ input_tokens: TOKENS, cache_read_tokens: TOKENS, output_tokens: 0 });
  return {
    input: rounded(input),
    output: rounded(output),
    cachedInput: rounded(cachedInput ?? input),
  };
}

/** Without what binary fractions add. */
function rounded(usd: number): number {
  return Number(usd.toPrecision(12));
}
