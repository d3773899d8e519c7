import type { Failure, WireHead } from '@plimsoll/core';

/** An error answer in OpenAI's form, with what it means. */
function failureOf(
  ruling: Omit<Failure, 'message' | 'answer'>,
  message: string,
  type: string,
  headers: WireHead['headers'] = {},
): Failure {
  const error = { message, type, param: null, code: ruling.code ?? null };
  return {
    ...ruling,
    message,
    answer: {
      head: {
        status: ruling.status ?? 500,
        headers: { 'content-type': 'application/json', ...headers },
      },
      body: Buffer.from(JSON.stringify({ error })),
    },
  };
}

export function serverError(): Failure {
  return failureOf(
    { kind: 'server', verdict: 'failover', status: 500, isHealthFailure: true },
    'The simulated model failed, as it was told to now and then.',
    'server_error',
  );
}

export function badRequest(message: string): Failure {
  return failureOf(
    { kind: 'bad_request', verdict: 'fail', status: 400, isHealthFailure: false },
    message,
    'invalid_request_error',
  );
}

export function unknownModel(model: string): Failure {
  return failureOf(
    {
      kind: 'model_access',
      verdict: 'failover',
      status: 404,
      code: 'model_not_found',
      isHealthFailure: false,
    },
    `The model \`${model}\` does not exist here.`,
    'invalid_request_error',
  );
}

/** A response that this model did not give, or gave too long ago. */
export function unknownResponse(id: string): Failure {
  return failureOf(
    {
      kind: 'pinned_state',
      verdict: 'fail',
      status: 400,
      code: 'previous_response_not_found',
      isHealthFailure: false,
    },
    `Previous response with id '${id}' not found.`,
    'invalid_request_error',
  );
}

export function unknownPath(path: string): Failure {
  return failureOf(
    // Not of the model: it is as good as ever for what it has.
    { kind: 'bad_request', verdict: 'failover', status: 404, isHealthFailure: false },
    `The simulated model has no ${path}.`,
    'invalid_request_error',
  );
}

/**
 * A limit is used up.
 *
 * @param exhausted - which one; absent for that of requests at once.
 */
export function throttled(
  exhausted: 'requests' | 'tokens' | undefined,
  message: string,
  retryAfterMs: number,
  headers: WireHead['headers'],
): Failure {
  return failureOf(
    {
      kind: 'throttle',
      verdict: 'cooldown',
      scope: 'quota_group',
      status: 429,
      code: 'rate_limit_exceeded',
      exhausted,
      retryAfterMs,
      isHealthFailure: false,
    },
    message,
    exhausted ?? 'requests',
    {
      ...headers,
      'retry-after': String(Math.ceil(retryAfterMs / 1000)),
      'retry-after-ms': String(retryAfterMs),
    },
  );
}

/** One request asks for more tokens than a minute has. */
export function tooLargeForLimit(
  requestedTokens: number,
  limit: number,
  headers: WireHead['headers'],
): Failure {
  return failureOf(
    {
      kind: 'too_long',
      verdict: 'conditional',
      needs: 'other_provider',
      status: 429,
      code: 'rate_limit_exceeded',
      isHealthFailure: false,
    },
    `Request too large: Limit ${limit} tokens per min, Requested ${requestedTokens}.`,
    'tokens',
    headers,
  );
}

/** Nothing throws here but the application itself. */
export function classifyThrown(thrown: unknown): Failure {
  const isError = thrown instanceof Error;
  const message = isError && thrown.message !== '' ? thrown.message : 'an unknown error';
  const isAbort = isError && thrown.name === 'AbortError';
  return {
    kind: isAbort ? 'aborted' : 'unknown',
    verdict: isAbort ? 'abort' : 'fail',
    message,
    isHealthFailure: false,
    cause: thrown,
  };
}
