/**
 * How one request is answered, as data. What is left out is as a healthy model would do it; `{}` is a good answer to
 * whatever was asked.
 */
export interface UpstreamAnswer {
  /** @defaultValue 200, or 500 where `error` is given */
  readonly status?: number;
  /** Added to the usual headers; a name given here replaces the usual one. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent instead of anything made from the fields below: text as it is, everything else as JSON. Never streamed. */
  readonly body?: unknown;
  /** An error in OpenAI's form: the body of an answer, or what the event of an `error_event` fault carries. */
  readonly error?: UpstreamError;
  /** A summary of what the model thinks first, streamed word by word; of responses only. @defaultValue none */
  readonly reasoning?: string;
  /** What the model says, streamed word by word. @defaultValue `Hello from the upstream.`, or an object in JSON mode */
  readonly text?: string;
  /**
   * What is made of a last message of the assistant: the answer goes on with it where it begins `text`, repeats it first,
   * or is a 400.
   * @defaultValue the answer begins anew, whatever the last message is
   */
  readonly beginning?: 'continued' | 'repeated' | 'refused';
  /** What the model calls. @defaultValue the first tool offered, until its result is in the conversation */
  readonly toolCalls?: readonly UpstreamToolCall[];
  /** Of sound that is asked for, in pieces of 1,000. @defaultValue 4000 */
  readonly soundBytes?: number;
  /** `length` makes a response incomplete. @defaultValue `tool_calls` or `stop` */
  readonly finishReason?: string;
  /** @defaultValue about one token per four characters of the prompt, and one per word of the answer */
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number };
  /** @defaultValue the model that was asked for */
  readonly model?: string;
  /** Milliseconds before status and headers are sent. @defaultValue 0 */
  readonly headDelayMs?: number;
  /** Milliseconds between the head and the first content. @defaultValue 0 */
  readonly contentDelayMs?: number;
  /** Milliseconds between two content events. @defaultValue 0 */
  readonly chunkDelayMs?: number;
  /** Cuts the answer into pieces of so many bytes, each written alone, so that events and characters are torn. */
  readonly pieceBytes?: number;
  readonly fault?: UpstreamFault;
  /** Content events sent before a fault in the body; where there are fewer, it comes behind the last. @defaultValue 2 */
  readonly faultAfter?: number;
}

/** The error object of OpenAI's API. */
export interface UpstreamError {
  readonly message: string;
  readonly type: string;
  readonly code?: string | null;
  readonly param?: string | null;
}

/** A call of a tool; `arguments` is JSON text. */
export interface UpstreamToolCall {
  readonly name: string;
  readonly arguments: string;
}

/**
 * What goes wrong on the wire.
 *
 * - `reset_before_head`, `close_before_head`: the request is read, then the connection is reset (RST) or closed (FIN).
 * - `hang_before_head`: the request is read and nothing ever comes.
 * - `reset_in_body`, `close_in_body`: the connection is reset or closed after `faultAfter` content events, or in the
 *   middle of a body that is no stream.
 * - `end_in_body`: the same place, but HTTP ends as if all were well.
 * - `stall_in_body`: the same place, and nothing more ever comes.
 * - `noise_event`: an event that is not JSON and no part of the answer comes between two others.
 * - `malformed_event`: one event is not JSON, its content is missing, and the stream goes on; a body that is no stream is
 *   not JSON.
 * - `error_event`: the stream says an error and ends; without a stream it is a 200 whose body is an error.
 * - `failed_response`: as `error_event`, but a response says it in its own words, `response.failed` or a `status`.
 * - `no_finish`: no choice gets its `finish_reason`, though the end marker is sent; of what has events of a type, the one
 *   that ends it is missing.
 * - `no_done`: the end marker is missing, though every choice is finished.
 */
export type UpstreamFault =
  | 'reset_before_head'
  | 'close_before_head'
  | 'hang_before_head'
  | 'reset_in_body'
  | 'close_in_body'
  | 'end_in_body'
  | 'stall_in_body'
  | 'noise_event'
  | 'malformed_event'
  | 'error_event'
  | 'failed_response'
  | 'no_finish'
  | 'no_done';
