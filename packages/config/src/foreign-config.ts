import type { Complaint } from './complaints.ts';

/** What to do with a configuration of another program; undefined for one of ours, right or wrong. */
export function foreignConfig(data: unknown): Complaint | undefined {
  if (typeof data !== 'object' || data === null || 'pools' in data) return undefined;
  const kind =
    'model_list' in data
      ? ['LiteLLM', 'litellm']
      : 'strategy' in data && typeof data.strategy === 'object' && 'mode' in (data.strategy ?? {})
        ? ['Portkey', 'portkey']
        : undefined;
  if (kind === undefined) return undefined;
  const message = `is a configuration of ${kind[0]}; plimsoll import ${kind[1]} FILE makes one of it`;
  return { path: [], message };
}
