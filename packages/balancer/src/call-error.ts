import { PlimsollError } from '@plimsoll/core';

import type { CallFailure } from './sink.ts';

/** The error a promise is rejected with when a request was not served. */
export interface CallError extends PlimsollError {
  readonly failure: CallFailure;
}

/** `failure` as an error; its cause is what a client library threw, where one did. */
export function callError(failure: CallFailure): CallError {
  const error = new PlimsollError(failure.code, failure.message, { cause: failure.failure?.cause });
  return Object.assign(error, { failure });
}
