import { badRequest } from '../openai-error.ts';
import { chat } from '../openai/operation.ts';
import { openAIRequest } from '../openai/traits.ts';
import type { AdminCall } from './admin-call.ts';

/** `POST /admin/explain`: the decision that a chat completion with this body and these headers would get now. */
export function serveExplain({ exchange, json, body }: AdminCall): void {
  const { directory } = exchange.state;
  const { model } = json;
  const destination = typeof model === 'string' ? directory.find(model) : undefined;
  if (destination === undefined) {
    const message = `The body must name a pool as its \`model\`: ${directory.describe()}.`;
    exchange.answerError(badRequest(404, 'model_not_found', message, { param: 'model' }));
    return;
  }
  const { headers } = exchange.req;
  const request = openAIRequest(chat, { json, body, isPlain: true }, headers, destination);
  exchange.answerJson(200, destination.pool.balancer.explain(request));
}
