import {
  AUTH,
  BAD_REQUEST,
  type FailureRow,
  MODEL_ACCESS,
  OVERLOAD,
  SERVER,
  THROTTLE,
  TOO_LONG,
} from './row.ts';

type Exception = readonly [
  status: number,
  name: string,
  message: string,
  expected: FailureRow['expected'],
];

const TIMEOUT = { kind: 'timeout', verdict: 'failover', isHealthFailure: true } as const;

const exceptions: readonly Exception[] = [
  [429, 'ThrottlingException', 'Too many requests, please wait before trying again.', THROTTLE],
  [429, 'ModelNotReadyException', 'Model is not ready for inference.', THROTTLE],
  [400, 'ServiceQuotaExceededException', 'Your request exceeds the service quota.', THROTTLE],
  [403, 'InvalidClientTokenId', 'The security token included is invalid.', AUTH],
  [403, 'UnrecognizedClientException', 'The security token included is invalid.', AUTH],
  [400, 'IncompleteSignature', 'The request signature does not conform.', AUTH],
  [400, 'RequestExpired', 'Request has expired.', AUTH],
  [403, 'ExpiredTokenException', 'The security token included is expired.', AUTH],
  [403, 'AccessDeniedException', "You don't have access to the model.", MODEL_ACCESS],
  [403, 'MPAgreementBeingCreated', 'The agreement is being created.', MODEL_ACCESS],
  [403, 'FTUFormNotFilled', 'Use case details have not been submitted.', MODEL_ACCESS],
  [404, 'ResourceNotFoundException', 'Could not resolve the foundation model.', MODEL_ACCESS],
  [400, 'ValidationException', 'Malformed input request.', BAD_REQUEST],
  [400, 'ValidationException', 'Input is too long for requested model.', TOO_LONG],
  [408, 'ModelTimeoutException', 'Model has timed out in processing the request.', TIMEOUT],
  [424, 'ModelErrorException', 'An error occurred while processing the model.', SERVER],
  [500, 'InternalServerException', 'The system encountered an unexpected error.', SERVER],
  // All of a region is short of capacity, not one account.
  [503, 'ServiceUnavailableException', 'Too many connections.', { ...OVERLOAD, scope: 'region' }],
];

/** Failures as Bedrock's runtime words them: the exception stands in a header. */
export const bedrockFailures: readonly FailureRow[] = exceptions.map(
  ([status, name, message, expected]) => ({
    name: `${name}: ${message}`,
    status,
    headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/` },
    body: { message },
    expected,
  }),
);
