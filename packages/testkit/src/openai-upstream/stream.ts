import type { UpstreamError } from './answer.ts';

/** One event of a stream, and what it does: faults are placed by it. */
export interface StreamEvent {
  readonly kind: 'event' | 'content' | 'finish';
  /** As server-sent events name it. @defaultValue it has no name */
  readonly name?: string;
  readonly json: unknown;
}

/** An answer as a stream of events. */
export interface EventStream {
  readonly events: Iterable<StreamEvent>;
  /** The event that says an error. */
  readonly errorEvent: (error: UpstreamError) => Pick<StreamEvent, 'name' | 'json'>;
  /** The one that says it for what is streamed. @defaultValue `errorEvent` */
  readonly failureEvent?: EventStream['errorEvent'];
  /** Whether `[DONE]` comes last. */
  readonly hasEndMarker: boolean;
}

/** The error of a stream whose events have neither names nor types. */
export const plainErrorEvent: EventStream['errorEvent'] = (error) => ({ json: { error } });

/** Events with a type, which is their name too. */
export function typedEvent(
  kind: StreamEvent['kind'],
  type: string,
  json: Readonly<Record<string, unknown>>,
): StreamEvent {
  return { kind, name: type, json: { type, ...json } };
}

/** The error of a stream of such events. */
export const typedErrorEvent: EventStream['errorEvent'] = (error) => ({
  name: 'error',
  json: { type: 'error', error },
});
