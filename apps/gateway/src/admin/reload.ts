import type { AdminCall } from './admin-call.ts';
import { answerChange } from './answer-change.ts';

/** `POST /admin/reload`: makes the configuration's file what is at work, or says why not and changes nothing. */
export async function reload({ exchange, admin }: AdminCall): Promise<void> {
  answerChange(exchange, await admin.live.reload());
}
