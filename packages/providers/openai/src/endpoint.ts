import type { Target, WireRequest } from '@plimsoll/core';
import type { Dispatcher } from 'undici';
import { Lingering } from './lingering.ts';
import type { Continuation } from './openai-continuation.ts';
import type { LimitHeaders } from './openai-limits.ts';
import { isOfResponses, modelAsked } from './openai-request.ts';

/** Where the attempts of one adapter go, and with what. */
export interface Endpoint {
  readonly apiKey: string | undefined;
  readonly acceptsStreamOptions: boolean;
  readonly maxBodyBytes: number;
  readonly nowEpochMs: () => number;
  readonly dispatcher: Dispatcher;
  readonly continuation: Continuation;
  /** The headers in which the API tells its rate limits. */
  readonly limits: readonly LimitHeaders[];
  /** Targets that did not continue a given text when asked to: they are not asked again. */
  readonly refusesBeginnings: WeakSet<Target>;
  readonly lingering: Lingering;
  /** Method, URL and headers; the body is missing. */
  requestOptions(target: Target, payload: WireRequest): Dispatcher.DispatchOptions;
}

export interface EndpointOptions extends Pick<
  Endpoint,
  | 'apiKey'
  | 'acceptsStreamOptions'
  | 'continuation'
  | 'limits'
  | 'maxBodyBytes'
  | 'nowEpochMs'
  | 'dispatcher'
> {
  readonly baseUrl: URL;
  readonly auth: 'bearer' | 'api-key';
  /** Azure's `api-version`: the model is then named in the path, as a deployment. */
  readonly apiVersion: string | undefined;
  /** Headers of every request; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers of a caller that are not handed on: this adapter sets them, or they are between the caller and us alone. */
const notHandedOn: readonly string[] = [
  'accept-encoding',
  'api-key',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-api-key',
];

export function endpointOf(options: EndpointOptions): Endpoint {
  const { apiKey, auth, apiVersion, baseUrl } = options;
  // Put together anew at every reading.
  const { origin } = baseUrl;
  const own: Record<string, string> = {
    'user-agent': 'plimsoll',
    // A compressed stream could not be read as it passes.
    'accept-encoding': 'identity',
    ...options.headers,
  };
  if (apiKey !== undefined) {
    if (auth === 'api-key') own['api-key'] = apiKey;
    else own['authorization'] = `Bearer ${apiKey}`;
  }
  const withoutBody = Object.entries(own).flat();
  const withBody = [...withoutBody, 'content-type', 'application/json'];
  const withheld = new Set([...notHandedOn, ...Object.keys(own)]);
  const prefix = baseUrl.pathname.replace(/\/$/, '');
  const version = apiVersion === undefined ? '' : `api-version=${encodeURIComponent(apiVersion)}`;

  return {
    apiKey,
    acceptsStreamOptions: options.acceptsStreamOptions,
    maxBodyBytes: options.maxBodyBytes,
    nowEpochMs: options.nowEpochMs,
    dispatcher: options.dispatcher,
    continuation: options.continuation,
    limits: options.limits,
    refusesBeginnings: new WeakSet(),
    lingering: new Lingering(),
    requestOptions(target, payload) {
      const { path, method = 'POST', form } = payload;
      const place =
        apiVersion === undefined || method !== 'POST' || isOfResponses(path)
          ? ''
          : `/deployments/${encodeURIComponent(modelAsked(target.model, payload.json) ?? '')}`;
      const joint = version === '' ? '' : path.includes('?') ? '&' : '?';
      let headers = method === 'POST' ? withBody : withoutBody;
      if (form !== undefined) headers = [...withoutBody, 'content-type', form.contentType];
      return {
        origin,
        path: `${prefix}${place}${path}${joint}${version}`,
        method,
        headers: headersOf(headers, payload.headers, withheld),
        // The engine has the time limits, whatever the dispatcher's own are.
        headersTimeout: 0,
        bodyTimeout: 0,
      };
    },
  };
}

function headersOf(
  own: string[],
  handedOn: WireRequest['headers'],
  withheld: ReadonlySet<string>,
): string[] {
  if (handedOn === undefined) return own;
  const headers = own.slice();
  for (const name in handedOn) if (!withheld.has(name)) headers.push(name, handedOn[name]!);
  return headers;
}
