/** Calls remembered: as many as a pool keeps decisions of. */
const CAPACITY = 1000;

/** What only the server knows of a call. */
export interface ServedCall {
  readonly requestId: string | null;
  readonly overheadMs: number | null;
}

const UNKNOWN: ServedCall = { requestId: null, overheadMs: null };

/** Which request each of the last calls was made for, and what the way to its first attempt took. */
export class ServedCalls {
  readonly #callIds = new Float64Array(CAPACITY);
  readonly #overheadsMs = new Float64Array(CAPACITY);
  readonly #requestIds: string[] = Array.from({ length: CAPACITY }, () => '');

  note(callId: number, requestId: string, overheadMs: number): void {
    const at = callId % CAPACITY;
    this.#callIds[at] = callId;
    this.#overheadsMs[at] = overheadMs;
    this.#requestIds[at] = requestId;
  }

  find(callId: number): ServedCall {
    const at = callId % CAPACITY;
    if (this.#callIds[at] !== callId) return UNKNOWN;
    return { requestId: this.#requestIds[at]!, overheadMs: this.#overheadsMs[at]! };
  }
}
