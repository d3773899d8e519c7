import type { OpenAIUpstream } from '@plimsoll/testkit';
import type OpenAI from 'openai';

import { gatewayOf, targetOf, type TestGateway, upstreams } from '../rig.ts';

/** A gateway with one pool, `chat`, over targets that are upstreams of their own: `a`, `b` … */
export interface Rig extends AsyncDisposable {
  readonly list: readonly OpenAIUpstream[];
  readonly gateway: TestGateway;
  readonly client: OpenAI;
  /** The upstream of a target. */
  of(target: string): OpenAIUpstream;
}

export async function rigOf(count: number, more: object = {}, pool: object = {}): Promise<Rig> {
  const list = await upstreams(count);
  const ids = list.map((_, index) => String.fromCharCode(97 + index));
  const targets = list.map((upstream, index) => targetOf(ids[index]!, upstream));
  const gateway = await gatewayOf({ pools: { chat: { targets, ...pool } }, ...more });
  return {
    list,
    gateway,
    client: gateway.client,
    of: (target) => list[ids.indexOf(target)]!,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await list[Symbol.asyncDispose]();
    },
  };
}

/** The target that an answer came from. */
export function targetIn(response: { readonly headers: Headers }): string {
  return response.headers.get('x-plimsoll-target')!;
}
