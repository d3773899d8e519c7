import type { UpstreamAnswer } from './answer.ts';

/** Names of the ready-made errors. */
export type UpstreamErrorName =
  | 'rateLimited'
  | 'quotaExhausted'
  | 'slowDown'
  | 'invalidKey'
  | 'unknownModel'
  | 'badRequest'
  | 'tooLong'
  | 'contentFilter'
  | 'refusedBeginning'
  | 'unknownPath'
  | 'unknownPreviousResponse'
  | 'serverError'
  | 'badGateway'
  | 'overloaded'
  | 'gatewayTimeout';

/**
 * Errors as OpenAI's API words them, ready to be scripted: `upstream.next(upstreamErrors.serverError)`. A waiting time
 * is added in the form that is to be tried: `{ ...upstreamErrors.rateLimited, headers: { 'retry-after': '1.5' } }`.
 */
export const upstreamErrors: Readonly<Record<UpstreamErrorName, UpstreamAnswer>> = {
  rateLimited: answer(429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for requests.'),
  quotaExhausted: answer(
    429,
    'insufficient_quota',
    'insufficient_quota',
    'You exceeded your current quota, please check your plan and billing details.',
  ),
  slowDown: answer(429, 'requests', 'slow_down', 'Please slow down the growth of your traffic.'),
  invalidKey: answer(
    401,
    'invalid_request_error',
    'invalid_api_key',
    'Incorrect API key provided.',
  ),
  unknownModel: answer(
    404,
    'invalid_request_error',
    'model_not_found',
    'The model does not exist or you do not have access to it.',
  ),
  badRequest: answer(400, 'invalid_request_error', null, 'Invalid value for `temperature`.'),
  tooLong: answer(
    400,
    'invalid_request_error',
    'context_length_exceeded',
    "This model's maximum context length is 8192 tokens.",
  ),
  contentFilter: answer(
    400,
    'invalid_request_error',
    'content_filter',
    'The response was filtered due to the prompt triggering the content management policy.',
  ),
  refusedBeginning: answer(
    400,
    'invalid_request_error',
    null,
    'This model does not continue a given message of the assistant.',
  ),
  unknownPath: answer(404, 'invalid_request_error', null, 'Invalid URL.'),
  unknownPreviousResponse: answer(
    400,
    'invalid_request_error',
    'previous_response_not_found',
    'The previous response was not found.',
  ),
  serverError: answer(500, 'server_error', null, 'The server had an error.'),
  badGateway: answer(502, 'server_error', null, 'Bad gateway.'),
  overloaded: answer(
    503,
    'service_unavailable_error',
    'server_is_overloaded',
    'The server is overloaded.',
  ),
  gatewayTimeout: answer(504, 'server_error', null, 'Gateway timeout.'),
};

function answer(
  status: number,
  type: string,
  code: string | null,
  message: string,
): UpstreamAnswer {
  return { status, error: { message, type, param: null, code } };
}
