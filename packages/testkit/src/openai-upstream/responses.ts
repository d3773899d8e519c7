import type { UpstreamAnswer } from './answer.ts';
import { upstreamErrors } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { playBody, playStream, streamError, withFault } from './play.ts';
import {
  begun,
  failed,
  type ResponseAnswer,
  responseEvents,
  responseFor,
  type ResponseRequest,
} from './response.ts';
import { typedErrorEvent, typedEvent } from './stream.ts';

/** The Responses API of one account, with what it keeps. */
export class Responses {
  readonly #kept = new Map<string, ResponseAnswer>();

  /** Answers `POST /v1/responses`. */
  async create(
    exchange: Exchange,
    answer: UpstreamAnswer,
    name: string,
    created: number,
  ): Promise<void> {
    const asked = exchange.json as ResponseRequest;
    const previous = asked.previous_response_id ?? undefined;
    if (previous !== undefined && !this.#kept.has(previous)) {
      const { status, error } = upstreamErrors.unknownPreviousResponse;
      return playBody(exchange, answer, { error }, status!);
    }
    const made = responseFor(asked, answer, name, created);
    const { response } = made;
    const isInBackground = asked.background === true;
    const kept = isInBackground ? { ...made, response: begun(made) } : made;
    if (asked.store !== false) this.#kept.set(response.id, kept);
    if (asked.stream === true) {
      return playStream(exchange, answer, {
        events: responseEvents(made),
        errorEvent: typedErrorEvent,
        failureEvent: (error) =>
          typedEvent('finish', 'response.failed', { response: failed(made, error) }),
        hasEndMarker: false,
      });
    }
    const body =
      answer.fault === 'failed_response'
        ? failed(made, answer.error ?? streamError)
        : withFault(kept.response, answer);
    return playBody(exchange, answer, body, answer.status ?? 200);
  }

  /** Answers what is asked of one response. */
  async serve(
    exchange: Exchange,
    answer: UpstreamAnswer,
    id: string,
    action: string,
  ): Promise<void> {
    const kept = this.#kept.get(id);
    if (kept === undefined) {
      const message = `Response with id '${id}' not found.`;
      const error = { message, type: 'invalid_request_error', param: null, code: null };
      return playBody(exchange, answer, { error }, 404);
    }
    const reply = (body: unknown): Promise<void> => playBody(exchange, answer, body, 200);
    switch (`${exchange.method} ${action}`) {
      case 'GET ':
        if (!/[?&]stream=true/.test(exchange.path)) return reply(kept.response);
        return playStream(exchange, answer, {
          events: responseEvents(kept),
          errorEvent: typedErrorEvent,
          hasEndMarker: false,
        });
      case 'DELETE ':
        this.#kept.delete(id);
        return reply({ id, object: 'response', deleted: true });
      case 'POST /cancel': {
        const response = { ...kept.response, status: 'cancelled' };
        this.#kept.set(id, { ...kept, response });
        return reply(response);
      }
      case 'GET /input_items':
        return reply({ object: 'list', data: kept.inputItems, has_more: false });
      default:
        return playBody(exchange, answer, { error: upstreamErrors.unknownPath.error }, 404);
    }
  }
}
