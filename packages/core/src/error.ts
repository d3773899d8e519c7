/**
 * Why Plimsoll itself refused or gave up. Stable: programs switch on these.
 *
 * - `ERR_PLIMSOLL_OPTION`: an option has a value that is not accepted; thrown by factories, at start.
 * - `ERR_PLIMSOLL_NO_TARGET`: no target of the pool can serve this request at all (constraints leave none).
 * - `ERR_PLIMSOLL_UNAVAILABLE`: the targets that could are all unhealthy now.
 * - `ERR_PLIMSOLL_CAPACITY`: quota or concurrency is used up on every target that could serve it.
 * - `ERR_PLIMSOLL_FAILED`: attempts were made, and the last one failed; `failure` says how.
 * - `ERR_PLIMSOLL_DEADLINE`: the request's deadline passed.
 * - `ERR_PLIMSOLL_STREAM`: an answer broke off after content was handed on.
 * - `ERR_PLIMSOLL_ABORTED`: the caller went away.
 * - `ERR_PLIMSOLL_CLOSED`: the balancer, or the store, was closed.
 * - `ERR_PLIMSOLL_STORE`: a store cannot be opened, or did not do what it was asked; never a reason to refuse a request.
 */
export type ErrorCode =
  | 'ERR_PLIMSOLL_OPTION'
  | 'ERR_PLIMSOLL_NO_TARGET'
  | 'ERR_PLIMSOLL_UNAVAILABLE'
  | 'ERR_PLIMSOLL_CAPACITY'
  | 'ERR_PLIMSOLL_FAILED'
  | 'ERR_PLIMSOLL_DEADLINE'
  | 'ERR_PLIMSOLL_STREAM'
  | 'ERR_PLIMSOLL_ABORTED'
  | 'ERR_PLIMSOLL_CLOSED'
  | 'ERR_PLIMSOLL_STORE';

/**
 * The one error class. Tell errors apart by `code`, never by `instanceof`: two copies of this package may be installed
 * at once.
 */
export class PlimsollError extends Error {
  override readonly name = 'PlimsollError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Whether `error` is a `PlimsollError`, of this copy of the package or another. */
export function isPlimsollError(error: unknown): error is PlimsollError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_PLIMSOLL_')
  );
}

/**
 * The error of a factory that was given a bad option, in the one form all packages use:
 * ``leastBusy: `sampleSize` must be an integer >= 2, got 1``.
 */
export function optionError(
  factory: string,
  option: string,
  accepted: string,
  got: unknown,
): PlimsollError {
  const value = typeof got === 'string' ? JSON.stringify(got) : String(got);
  return new PlimsollError(
    'ERR_PLIMSOLL_OPTION',
    `${factory}: \`${option}\` must be ${accepted}, got ${value}`,
  );
}
