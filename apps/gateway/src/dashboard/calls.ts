import type { Explained } from '@plimsoll/monitor';

import type { AdminCall } from '../admin/admin-call.ts';
import { badRequest } from '../openai-error.ts';

/** `GET /admin/calls/ID`: one call explained, by the id that decisions tell. */
export function serveCall({ exchange, admin, names }: AdminCall): void {
  const callId = Number(names[0]);
  for (const monitor of admin.watches.monitors.all) {
    const found = monitor.explained(callId);
    if (found === undefined) continue;
    const explained: Explained = { ...found, ...exchange.state.served.find(callId) };
    exchange.answerJson(200, explained);
    return;
  }
  const message = `Nothing is kept of a call ${names[0]}: the last decisions of each pool are.`;
  exchange.answerError(badRequest(404, 'unknown_call', message));
}
