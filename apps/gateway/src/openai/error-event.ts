import { type ApiError, errorBody } from '../openai-error.ts';

/**
 * The event that ends a stream of events which broke off after content. Neither a finish reason nor an end marker
 * follows it: nobody may take what there is for a whole answer.
 *
 * @param last - the bytes that were handed on last.
 */
export type ErrorEvent = (error: ApiError, last: Uint8Array) => string;

/** As streams of chat and text completions have it. */
export const plainErrorEvent: ErrorEvent = (error) => `data: ${errorBody(error)}\n\n`;

/**
 * As the Responses API has it: named, numbered, and with what went wrong in both places where clients look, beside the
 * event's `type` and under `error`.
 */
export const typedErrorEvent: ErrorEvent = ({ message, type, code, param = null }, last) => {
  const number = nextNumber(last);
  const event = {
    type: 'error',
    ...(number !== undefined && { sequence_number: number }),
    code,
    message,
    param,
    error: { type, code, message, param },
  };
  return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
};

/** One more than the number of the last event; undefined where events are not numbered. */
function nextNumber(last: Uint8Array): number | undefined {
  const text = Buffer.from(last.buffer, last.byteOffset, last.length).toString('latin1');
  // Quotes in texts are escaped, so these are keys.
  const numbers = [...text.matchAll(/"sequence_number": ?(\d+)/g)].map(([, number]) =>
    Number(number),
  );
  return numbers.length === 0 ? undefined : Math.max(...numbers) + 1;
}
