import type { Notes } from '../difference.ts';
import type { SourceFields } from '../source-fields.ts';

export const isAmount = 'a number >= 1';
export const isPrice = 'a number >= 0';

export function priceOf(
  params: SourceFields,
  info: SourceFields | undefined,
  notes: Notes,
): { input: number; output: number; cachedInput?: number } | undefined {
  const perMillion = (key: string): number | undefined => {
    const usd = params.number(key, 0, isPrice) ?? info?.number(key, 0, isPrice);
    return usd === undefined ? undefined : Number((usd * 1e6).toPrecision(12));
  };
  const input = perMillion('input_cost_per_token');
  const output = perMillion('output_cost_per_token');
  const cachedInput = perMillion('cache_read_input_token_cost');
  if (input === undefined && output === undefined) return undefined;
  if (input === undefined || output === undefined) {
    const key = input === undefined ? 'input_cost_per_token' : 'output_cost_per_token';
    notes.add(params.at(key), 'is not stated though the other price is; it is taken to be 0');
  }
  return given({ input: input ?? 0, output: output ?? 0, cachedInput }) as {
    input: number;
    output: number;
  };
}

export function capabilitiesOf(info: SourceFields | undefined, notes: Notes): object | undefined {
  if (info === undefined) return undefined;
  return nonEmpty(
    given({
      contextWindow: whole(info, 'max_input_tokens', notes),
      tools: info.flag('supports_function_calling'),
      images: info.flag('supports_vision'),
    }),
  );
}

export function whole(fields: SourceFields, key: string, notes: Notes): number | undefined {
  const value = fields.number(key, 1, isAmount);
  if (value === undefined || Number.isSafeInteger(value)) return value;
  notes.add(fields.at(key), 'is no whole number, and is left out');
  return undefined;
}

/** The mapping without what is undefined. */
export function given<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

export function nonEmpty<T extends object>(values: T): T | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}
