import type { AttemptControl, AttemptSink, Provider } from '@plimsoll/core';

const control: AttemptControl = { pause() {}, resume() {}, abort() {} };

/** An adapter that answers when a bench says so: it keeps the sink of the last attempt, and costs nothing by itself. */
export interface InstantProvider extends Provider {
  /** Where the last attempt wants its answer; undefined before the first one. */
  readonly sink: AttemptSink | undefined;
  /** Keeps `sink`, and looks at nothing else. */
  attempt(target: unknown, request: unknown, sink: AttemptSink): AttemptControl;
}

/** Makes an `InstantProvider`. */
export function instantProvider(): InstantProvider {
  return new Instant();
}

class Instant implements InstantProvider {
  readonly name = 'instant';
  sink: AttemptSink | undefined = undefined;

  attempt(_target: unknown, _request: unknown, sink: AttemptSink): AttemptControl {
    this.sink = sink;
    return control;
  }

  classify(): never {
    throw new Error('nothing fails here');
  }
}
