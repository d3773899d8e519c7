import type { Failure, FailureKind, WireHead } from '@plimsoll/core';
import { exhaustedIn } from './openai-limits.ts';
import type { WireError } from './openai-wire.ts';
import { exhaustedResetMs, statedWaitMs, waitUntilMs } from './retry-after.ts';

/** What a failure means, whatever its wording. */
type Ruling = Pick<Failure, 'kind' | 'verdict' | 'scope' | 'needs' | 'isHealthFailure'>;

const ABORTED: Ruling = { kind: 'aborted', verdict: 'abort', isHealthFailure: false };
const TIMEOUT: Ruling = { kind: 'timeout', verdict: 'failover', isHealthFailure: true };
const TIMEOUT_ONCE: Ruling = { kind: 'timeout', verdict: 'retry_same', isHealthFailure: true };
const CONFLICT: Ruling = { kind: 'unknown', verdict: 'retry_same', isHealthFailure: false };
const THROTTLE: Ruling = {
  kind: 'throttle',
  verdict: 'cooldown',
  scope: 'quota_group',
  isHealthFailure: false,
};
const RAMP: Ruling = { kind: 'ramp', verdict: 'cooldown', scope: 'target', isHealthFailure: false };
const MONEY: Ruling = {
  kind: 'money',
  verdict: 'cooldown',
  scope: 'account',
  isHealthFailure: false,
};
const DAILY: Ruling = {
  kind: 'daily_quota',
  verdict: 'cooldown',
  scope: 'quota_group',
  isHealthFailure: false,
};
/** A quota of zero: this key may not use this model at all, and waiting does not help. */
const NO_QUOTA: Ruling = { ...DAILY, scope: 'target' };
const AUTH: Ruling = { kind: 'auth', verdict: 'cooldown', scope: 'key', isHealthFailure: false };
/** No health failure: where the caller names the model, a wrong name must not open the target's breaker. */
const MODEL_ACCESS: Ruling = {
  kind: 'model_access',
  verdict: 'failover',
  isHealthFailure: false,
};
/** The API has no such operation. Another may have it, and this one is as good as ever for what it has. */
const NO_PATH: Ruling = { kind: 'bad_request', verdict: 'failover', isHealthFailure: false };
const BAD_REQUEST: Ruling = { kind: 'bad_request', verdict: 'fail', isHealthFailure: false };
const TOO_LONG: Ruling = {
  kind: 'too_long',
  verdict: 'conditional',
  needs: 'larger_context',
  isHealthFailure: false,
};
/** One request asks for more tokens than the account may use in a minute: it never fits here. */
const LARGER_THAN_QUOTA: Ruling = { ...TOO_LONG, needs: 'other_provider' };
const POLICY: Ruling = { kind: 'policy', verdict: 'fail', isHealthFailure: false };
const SERVER: Ruling = { kind: 'server', verdict: 'failover', isHealthFailure: true };
const OVERLOAD: Ruling = {
  kind: 'overload',
  verdict: 'cooldown',
  scope: 'target',
  isHealthFailure: true,
};
const PINNED: Ruling = { kind: 'pinned_state', verdict: 'fail', isHealthFailure: false };
const UNKNOWN: Ruling = { kind: 'unknown', verdict: 'fail', isHealthFailure: false };

/** By `error.code`, `error.status` or the reason of an `ErrorInfo`: read before anything else. */
const byCode: ReadonlyMap<string, Ruling> = new Map([
  ['rate_limit_exceeded', THROTTLE],
  ['too_many_requests', THROTTLE],
  ['RESOURCE_EXHAUSTED', THROTTLE],
  ['capacity_exceeded', THROTTLE],
  ['slow_down', RAMP],
  ['insufficient_quota', MONEY],
  ['credit_balance_exhausted', MONEY],
  ['organization_spend_limit_exceeded', MONEY],
  ['project_spend_limit_exceeded', MONEY],
  ['organization_usage_limit_exceeded', MONEY],
  ['billing_not_active', MONEY],
  ['quota_exceeded', DAILY],
  ['invalid_api_key', AUTH],
  ['authentication_error', AUTH],
  ['API_KEY_INVALID', AUTH],
  ['UNAUTHENTICATED', AUTH],
  ['model_not_found', MODEL_ACCESS],
  ['DeploymentNotFound', MODEL_ACCESS],
  ['model_decommissioned', MODEL_ACCESS],
  ['unsupported_country_region_territory', MODEL_ACCESS],
  ['invalid_prompt', BAD_REQUEST],
  ['context_length_exceeded', TOO_LONG],
  ['request_too_large', TOO_LONG],
  ['content_filter', POLICY],
  ['content_policy_violation', POLICY],
  ['image_content_policy_violation', POLICY],
  ['bio_policy', POLICY],
  ['cyber_policy', POLICY],
  ['misalignment_policy_violation', POLICY],
  ['server_error', SERVER],
  ['server_is_overloaded', OVERLOAD],
  ['flex_unavailable', OVERLOAD],
  ['thread_not_found', PINNED],
  ['previous_response_not_found', PINNED],
  ['data_residency_mismatch', PINNED],
  ['unknown_url', NO_PATH],
  ['vector_store_timeout', SERVER],
  ['invalid_image', BAD_REQUEST],
  ['invalid_image_format', BAD_REQUEST],
  ['invalid_base64_image', BAD_REQUEST],
  ['invalid_image_url', BAD_REQUEST],
  ['invalid_image_mode', BAD_REQUEST],
  ['image_too_large', BAD_REQUEST],
  ['image_too_small', BAD_REQUEST],
  ['image_parse_error', BAD_REQUEST],
  ['image_file_too_large', BAD_REQUEST],
  ['image_file_not_found', BAD_REQUEST],
  ['empty_image_file', BAD_REQUEST],
  ['unsupported_image_media_type', BAD_REQUEST],
  ['failed_to_download_image', BAD_REQUEST],
]);

/** By `error.type`. What names only a family (`invalid_request_error`, `api_error`) is left to the status. */
const byType: ReadonlyMap<string, Ruling> = new Map([
  ['insufficient_quota', MONEY],
  ['rate_limit_error', THROTTLE],
  ['rate_limit_exceeded', THROTTLE],
  ['authentication_error', AUTH],
  ['permission_error', MODEL_ACCESS],
  ['permissions_error', MODEL_ACCESS],
  ['invalid_model', MODEL_ACCESS],
  ['service_unavailable_error', OVERLOAD],
  ['overloaded_error', OVERLOAD],
]);

/** By the family of the error, where there is no status: an error in the middle of a stream. */
const byFamily: ReadonlyMap<string, Ruling> = new Map([
  ['invalid_request_error', BAD_REQUEST],
  ['tokens', THROTTLE],
  ['requests', THROTTLE],
]);

function byStatus(status: number): Ruling {
  switch (status) {
    case 400:
    case 422:
      return BAD_REQUEST;
    case 401:
    case 403:
      return AUTH;
    case 402:
      return MONEY;
    case 404:
      return MODEL_ACCESS;
    case 408:
      return TIMEOUT_ONCE;
    case 409:
      return CONFLICT;
    case 413:
      return TOO_LONG;
    case 425:
      return TIMEOUT;
    case 429:
    case 498:
      return THROTTLE;
    case 499:
      return ABORTED;
    case 503:
    case 529:
      return OVERLOAD;
    default:
      // A redirect is no answer of the API: something else stands at this address.
      return status >= 500 || status < 400 ? SERVER : UNKNOWN;
  }
}

/** `google.rpc.RetryInfo` beyond this is a daily limit. */
const LONGEST_THROTTLE_MS = 300_000;

/**
 * Classifies an answer that is an error, by the error's code, then its type, then the status, and by the message only
 * where nothing else tells two cases apart.
 *
 * @param status - `undefined` for an error in the middle of a stream, or in a body of status 200.
 * @param body - the parsed JSON, or the text where it is none.
 * @param nowEpochMs - read where the answer gives a date and has no `date` header.
 */
export function classifyAnswer(
  status: number | undefined,
  headers: WireHead['headers'],
  body: unknown,
  nowEpochMs: () => number,
): Failure {
  const error = errorOf(body);
  const message = messageOf(error, body, status);
  const codes = codesOf(error);
  const innerStatus = status ?? codes.map(Number).find((code) => code >= 400 && code < 600);
  const known =
    first(codes, byCode) ??
    (typeof error?.type === 'string' ? byType.get(error.type) : undefined) ??
    byMetadata(error, innerStatus) ??
    (innerStatus === undefined ? undefined : byStatus(innerStatus)) ??
    (typeof error?.type === 'string' ? byFamily.get(error.type) : undefined) ??
    SERVER;

  const statedMs = statedWaitMs(headers, error, message, nowEpochMs);
  const ruling = refine(known, error, message, statedMs);
  return {
    ...ruling,
    message,
    status: innerStatus,
    code: [...codes, error?.type].find(isCode),
    exhausted: ruling === THROTTLE ? exhaustedIn(error?.type, message, headers) : undefined,
    retryAfterMs: ruling === NO_QUOTA ? undefined : (statedMs ?? unspokenWaitMs()),
  };

  function unspokenWaitMs(): number | undefined {
    if (ruling === THROTTLE) return exhaustedResetMs(headers, error, nowEpochMs);
    return waitUntilMs(resetIn(error?.metadata), headers, nowEpochMs);
  }
}

/** Codes are logged and counted, so text that passes for one, and may quote the request, is left out. */
function isCode(code: unknown): code is string {
  return typeof code === 'string' && /^[\w.:/-]{1,64}$/.test(code);
}

/** When the limit begins anew, as OpenRouter says it in `metadata`. */
function resetIn(metadata: WireError['metadata']): unknown {
  const headers = metadata?.['headers'];
  return metadata?.['resets_at'] ?? (isRecord(headers) ? headers['X-RateLimit-Reset'] : undefined);
}

/** OpenRouter says in `metadata` whose limit it was. */
function byMetadata(error: WireError | undefined, status: number | undefined): Ruling | undefined {
  const metadata = error?.metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const source = metadata['limit_source'];
  if (status === 402 && source === 'openrouter_in_flight_budget') return THROTTLE;
  if (status === 429 && typeof source === 'string' && source.endsWith('_daily')) return DAILY;
  if (status === 403 && typeof source === 'string' && source.endsWith('_budget')) return MONEY;
  if (status === 403 && 'reasons' in metadata) return POLICY;
  return undefined;
}

/** Tells apart what shares code and status. */
function refine(
  ruling: Ruling,
  error: WireError | undefined,
  message: string,
  statedMs: number | undefined,
): Ruling {
  if (ruling === THROTTLE) {
    if (/^request too large\b/i.test(message)) return LARGER_THAN_QUOTA;
    if (/experiencing high demand/i.test(message)) return OVERLOAD;
    if (!Array.isArray(error?.details)) return THROTTLE;
    if (/\blimit: 0\b/.test(message)) return NO_QUOTA;
    const isDaily =
      /"quotaId":"[^"]*(?:PerDay|Daily)/.test(JSON.stringify(error.details)) ||
      (statedMs !== undefined && statedMs > LONGEST_THROTTLE_MS);
    return isDaily ? DAILY : THROTTLE;
  }
  // vLLM, Mistral, Together and others give this no code.
  if (ruling === BAD_REQUEST && isTooLong.test(message)) return TOO_LONG;
  // DeepSeek and OpenRouter neither.
  if (ruling === BAD_REQUEST && isUnknownModel.test(message)) return MODEL_ACCESS;
  if (ruling === MODEL_ACCESS && isUnknownPath.test(message)) return NO_PATH;
  if (ruling === MODEL_ACCESS && isNotKept.test(message)) return PINNED;
  return ruling;
}

const isUnknownModel = /^model not exist$|is not a valid model id/i;
/** As OpenAI and Groq, FastAPI (vLLM), and Go (Ollama) word it. */
const isUnknownPath = /^(?:invalid url\b|unknown request url\b|not found$|404 page not found)/i;
const isNotKept = /^(?:conversation|response|item) with id .* not found/i;
const isTooLong = /maximum context length|context window|too many tokens|`max_new_tokens` must be/i;

/** The error in a body: under `error`, or the body itself; Google's compatible API puts it in a list. */
function errorOf(body: unknown): WireError | undefined {
  const outer: unknown = Array.isArray(body) ? body[0] : body;
  if (!isRecord(outer)) return undefined;
  const { error } = outer;
  if (isRecord(error)) return error;
  return typeof error === 'string' ? { ...outer, message: error } : outer;
}

function codesOf(error: WireError | undefined): string[] {
  if (error === undefined) return [];
  const codes: unknown[] = [error.code, error.status];
  if (Array.isArray(error.details)) {
    // `ErrorInfo` tells more than the status it comes with.
    for (const detail of error.details) if (isRecord(detail)) codes.unshift(detail['reason']);
  }
  return codes
    .filter((code) => (typeof code === 'string' && code !== '') || typeof code === 'number')
    .map(String);
}

function first(codes: readonly string[], rulings: ReadonlyMap<string, Ruling>): Ruling | undefined {
  for (const code of codes) {
    const ruling = rulings.get(code);
    if (ruling !== undefined) return ruling;
  }
  return undefined;
}

const LONGEST_MESSAGE = 1000;

function messageOf(
  error: (WireError & { readonly detail?: unknown }) | undefined,
  body: unknown,
  status: number | undefined,
): string {
  const said = error?.message ?? error?.detail;
  // FastAPI and Mistral put objects where others have words.
  const words = typeof said === 'object' && said !== null ? JSON.stringify(said) : said;
  if (typeof words === 'string' && words !== '') return words.slice(0, LONGEST_MESSAGE);
  const text = typeof body === 'string' ? body.trim() : '';
  // A page of HTML explains nothing.
  if (text !== '' && !text.startsWith('<')) return text.slice(0, LONGEST_MESSAGE);
  return status === undefined ? 'the API reported an error' : `the API answered ${status}`;
}

/** Kinds of failures that are about the request, wherever in an answer they come. */
const isAboutRequest: ReadonlySet<FailureKind> = new Set(['bad_request', 'too_long', 'policy']);

/** An attempt that ended in the middle of its answer: what was sent cannot be taken back, so the caller is told. */
export function afterContent(failure: Failure): Failure {
  if (isAboutRequest.has(failure.kind)) return { ...failure, verdict: 'fail', needs: undefined };
  return { ...failure, kind: 'stream', verdict: 'fail', isHealthFailure: true };
}

/** An answer that broke off, or was damaged on its way. */
export function brokenAnswer(message: string): Failure {
  return { kind: 'stream', verdict: 'failover', message, isHealthFailure: true };
}

/**
 * A failure of a request about something that the provider keeps: a status 404 says that this is gone, and nothing of
 * the target or its model.
 */
export function notKept(failure: Failure): Failure {
  return failure.kind === 'model_access' || failure.status === 404
    ? { ...failure, ...PINNED }
    : failure;
}

/** A request that cannot be put on the wire. */
export function unsendable(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { ...BAD_REQUEST, message: `the request cannot be sent: ${message}`, cause: error };
}

/** An error of the connection, or of the client library before it sent anything. */
export function connectionFailure(error: unknown): Failure {
  const { code, message } = networkErrorIn(error) ?? { code: undefined, message: String(error) };
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    // A path or header of the caller that undici refuses.
    return { ...unsendable(error), code };
  }
  return {
    kind: 'network',
    verdict: 'failover',
    message,
    code,
    isHealthFailure: true,
    cause: error,
  };
}

/**
 * Classifies what was thrown by the official `openai` package, by undici or by `fetch`. Told apart by their shape, not by
 * class: the application's copy of the package is not ours.
 */
export function classifyThrown(thrown: unknown, nowEpochMs: () => number): Failure {
  if (!isRecord(thrown)) return { ...UNKNOWN, message: String(thrown), cause: thrown };
  const message =
    typeof thrown['message'] === 'string' ? thrown['message'] : 'what was thrown is no error';
  const names = [thrown['name'], thrown.constructor?.name];
  if (
    names.includes('AbortError') ||
    names.includes('APIUserAbortError') ||
    thrown['code'] === 'UND_ERR_ABORTED'
  ) {
    return { ...ABORTED, message, cause: thrown };
  }
  if (names.includes('TimeoutError') || names.includes('APIConnectionTimeoutError')) {
    return { ...TIMEOUT, message, cause: thrown };
  }
  const { status, error } = thrown;
  if (typeof status === 'number' || isRecord(error)) {
    const answer = classifyAnswer(
      typeof status === 'number' ? status : undefined,
      recordOf(thrown['headers']),
      isRecord(error) ? { error } : { error: thrown },
      nowEpochMs,
    );
    return { ...answer, cause: thrown };
  }
  if (
    networkErrorIn(thrown) !== undefined ||
    names.includes('APIConnectionError') ||
    // undici's `fetch`.
    (names.includes('TypeError') && (message === 'fetch failed' || message === 'terminated'))
  ) {
    return { ...connectionFailure(thrown), message };
  }
  return { ...UNKNOWN, message, cause: thrown };
}

/** Codes of sockets, DNS, TLS, Node's HTTP and undici. */
const networkCode =
  /^(?:UND_ERR_|ERR_TLS_|ERR_SSL_|ERR_HTTP2_|HPE_|E[A-Z]+$|EAI_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

/** The network error at the bottom of a chain of causes; a few links are as deep as libraries wrap. */
function networkErrorIn(error: unknown): { code: string; message: string } | undefined {
  let at = error;
  for (let depth = 0; depth < 5 && isRecord(at); depth++) {
    const { code, message, cause } = at;
    if (typeof code === 'string' && networkCode.test(code)) {
      return { code, message: typeof message === 'string' && message !== '' ? message : code };
    }
    at = cause;
  }
  return undefined;
}

/** `Headers` of fetch, or a plain object, as a plain object. */
function recordOf(headers: unknown): WireHead['headers'] {
  if (!isRecord(headers)) return {};
  if (typeof headers['entries'] !== 'function') return headers as WireHead['headers'];
  return Object.fromEntries((headers as unknown as Map<string, string>).entries());
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
