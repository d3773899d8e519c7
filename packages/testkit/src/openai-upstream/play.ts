import type { UpstreamAnswer, UpstreamFault } from './answer.ts';
import { type Chat, chatBody, chatEvents } from './chat.ts';
import type { Exchange } from './exchange.ts';

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

/** Streams a chat completion, with the faults that the answer asks for. */
export async function playChatStream(
  exchange: Exchange,
  answer: UpstreamAnswer,
  chat: Chat,
): Promise<void> {
  const { fault, faultAfter = 2, chunkDelayMs = 0, contentDelayMs = 0, pieceBytes } = answer;
  exchange.head(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...answer.headers,
  });
  const send = (data: string): Promise<void> => exchange.write(`data: ${data}\n\n`, pieceBytes);
  let contents = 0;
  let isPastFault = false;
  for (const { kind, json } of chatEvents(chat)) {
    if (kind === 'content') await exchange.delay(contents === 0 ? contentDelayMs : chunkDelayMs);
    const text = JSON.stringify(json);
    // Content may end before the fault's place is reached: then the fault comes right behind the last of it.
    if (!isPastFault && (kind === 'finish' || (kind === 'content' && contents === faultAfter))) {
      isPastFault = true;
      if (cutFaults.includes(fault)) return cut(exchange, fault);
      if (fault === 'error_event') {
        await send(JSON.stringify({ error: answer.error ?? streamError }));
        return exchange.end();
      }
      if (fault === 'noise_event') await send('}{');
      if (fault === 'malformed_event') {
        await send(text.slice(0, -10));
        if (kind === 'content') continue;
      }
    }
    if (kind === 'content') contents++;
    if (fault !== 'no_finish' || kind !== 'finish') await send(text);
  }
  if (fault !== 'no_done') await send('[DONE]');
  exchange.end();
}

/** A completion that is no stream. */
export function chatBodyWithFault(chat: Chat, answer: UpstreamAnswer): unknown {
  if (answer.fault === 'error_event') return { error: answer.error ?? streamError };
  const body = chatBody(chat) as { choices: object[] };
  if (answer.fault !== 'no_finish') return body;
  return { ...body, choices: body.choices.map((choice) => ({ ...choice, finish_reason: null })) };
}

const streamError = {
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
