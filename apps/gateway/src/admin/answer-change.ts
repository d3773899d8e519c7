import type { Exchange } from '../exchange.ts';
import type { Change } from '../live/live-config.ts';
import { badRequest } from '../openai-error.ts';

/** Answers with what a change did, or why it was not made. */
export function answerChange(exchange: Exchange, change: Change): void {
  if (change.isMade) {
    const { difference, warnings } = change;
    exchange.answerJson(200, { difference, warnings });
    return;
  }
  const { problems } = change;
  const message = `Nothing was changed: ${problems.length === 1 ? 'a problem' : `${problems.length} problems`} stand in the way.`;
  exchange.answerError(badRequest(422, 'change_refused', message, { problems }));
}
