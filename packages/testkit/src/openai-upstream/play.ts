import type { UpstreamAnswer, UpstreamError, UpstreamFault } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { EventStream } from './stream.ts';

const cutFaults: readonly (UpstreamFault | undefined)[] = [
  'reset_in_body',
  'close_in_body',
  'end_in_body',
  'stall_in_body',
];

/** Sends a body that is no stream, with the faults that the answer asks for. */
export async function playBody(
  exchange: Exchange,
  answer: UpstreamAnswer,
  body: unknown,
  status: number,
): Promise<void> {
  const { fault, pieceBytes } = answer;
  const isText = typeof body === 'string';
  const whole = isText ? body : JSON.stringify(body);
  const text = fault === 'malformed_event' ? whole.slice(0, -1) : whole;
  exchange.head(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    // A body that ends early but in good order can only be chunked.
    ...(fault !== 'end_in_body' && { 'content-length': String(Buffer.byteLength(text)) }),
    ...answer.headers,
  });
  if (cutFaults.includes(fault)) {
    await exchange.write(text.slice(0, text.length / 2), pieceBytes);
    return cut(exchange, fault);
  }
  await exchange.write(text, pieceBytes);
  exchange.end();
}

/** Streams events, with the faults that the answer asks for. */
export async function playStream(
  exchange: Exchange,
  answer: UpstreamAnswer,
  { events, errorEvent, failureEvent = errorEvent, hasEndMarker }: EventStream,
): Promise<void> {
  const { fault, faultAfter = 2, chunkDelayMs = 0, contentDelayMs = 0, pieceBytes } = answer;
  exchange.head(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...answer.headers,
  });
  const send = (data: string, name?: string): Promise<void> => {
    const field = name === undefined ? '' : `event: ${name}\n`;
    return exchange.write(`${field}data: ${data}\n\n`, pieceBytes);
  };
  let contents = 0;
  let isPastFault = false;
  for (const { kind, name, json } of events) {
    if (kind === 'content') await exchange.delay(contents === 0 ? contentDelayMs : chunkDelayMs);
    const text = JSON.stringify(json);
    // Content may end before the fault's place is reached: then the fault comes right behind the last of it.
    if (!isPastFault && (kind === 'finish' || (kind === 'content' && contents === faultAfter))) {
      isPastFault = true;
      if (cutFaults.includes(fault)) return cut(exchange, fault);
      if (fault === 'error_event' || fault === 'failed_response') {
        const made = fault === 'error_event' ? errorEvent : failureEvent;
        const event = made(answer.error ?? streamError);
        await send(JSON.stringify(event.json), event.name);
        return exchange.end();
      }
      if (fault === 'noise_event') await send('}{');
      if (fault === 'malformed_event') {
        await send(text.slice(0, -10), name);
        if (kind === 'content') continue;
      }
    }
    if (kind === 'content') contents++;
    if (fault !== 'no_finish' || kind !== 'finish') await send(text, name);
  }
  if (hasEndMarker && fault !== 'no_done') await send('[DONE]');
  exchange.end();
}

/** Sends sound, piece by piece, with the faults that the answer asks for. */
export async function playSound(
  exchange: Exchange,
  answer: UpstreamAnswer,
  sound: Buffer,
  contentType: string,
): Promise<void> {
  const { fault, faultAfter = 2, chunkDelayMs = 0, contentDelayMs = 0 } = answer;
  exchange.head(200, { 'content-type': contentType, ...answer.headers });
  for (let from = 0, pieces = 0; from < sound.length; from += SOUND_PIECE_BYTES, pieces++) {
    await exchange.delay(pieces === 0 ? contentDelayMs : chunkDelayMs);
    if (pieces === faultAfter && cutFaults.includes(fault)) return cut(exchange, fault);
    await exchange.write(sound.subarray(from, from + SOUND_PIECE_BYTES));
  }
  exchange.end();
}

const SOUND_PIECE_BYTES = 1000;

/** A body that is no stream: of a completion, or of anything else. */
export interface Body {
  readonly [name: string]: unknown;
  readonly choices?: readonly object[];
}

/** A body with the faults that are in it. */
export function withFault(body: Body, answer: UpstreamAnswer): unknown {
  if (answer.fault === 'error_event') return { error: answer.error ?? streamError };
  if (answer.fault !== 'no_finish' || body.choices === undefined) return body;
  return { ...body, choices: body.choices.map((choice) => ({ ...choice, finish_reason: null })) };
}

/** What goes wrong where nothing else is said. */
export const streamError: UpstreamError = {
  message: 'The server had an error while processing your request.',
  type: 'server_error',
  param: null,
  code: null,
};

async function cut(exchange: Exchange, fault: UpstreamFault | undefined): Promise<void> {
  if (fault === 'reset_in_body') await exchange.reset();
  else if (fault === 'close_in_body') await exchange.close();
  else if (fault === 'end_in_body') exchange.end();
}
