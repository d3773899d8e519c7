/**
 * Time, as everything in Plimsoll reads it. It is handed in, so that a test or a simulation can own it; the one real
 * implementation is the engine's.
 */
export interface Clock {
  /**
   * Milliseconds (fractional) since an arbitrary start. Never goes backwards. Read once per decision and passed down as
   * `nowMs`; only differences between two readings mean anything.
   */
  now(): number;
  /** Milliseconds since the Unix epoch, for what people see and for day windows. May be set back by the system. */
  epochMs(): number;
  /**
   * Calls `callback` every `intervalMs` (> 0) until the timer is cancelled. The engine runs one of these for all its time
   * limits; it sets no timer per request.
   *
   * @param keepsAlive - whether the process goes on for as long as the timer does. @defaultValue false
   */
  every(intervalMs: number, callback: () => void, keepsAlive?: boolean): Timer;
}

/** A running timer. */
export interface Timer {
  /** Stops the timer; calling it again does nothing. */
  cancel(): void;
}
