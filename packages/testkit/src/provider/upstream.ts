import { type OpenAIUpstreamOptions, openAIUpstream } from '../openai-upstream/upstream.ts';
import type { UpstreamAnswer } from '../openai-upstream/answer.ts';
import { upstreamErrors } from '../openai-upstream/errors.ts';

/**
 * What the upstream does with the next request of a clause. Every good answer says `Hello from the upstream.`, of a
 * model named `gpt-test`, with a usage of 11 tokens in and 7 out.
 *
 * - `answer`: a good answer.
 * - `no_content`: a good stream in which the model says nothing at all.
 * - `long`: a good stream of at least 32 MiB, written only as fast as it is read.
 * - `refused`: nobody listens.
 * - `error`: status 500.
 * - `reset`: the connection is reset before the head.
 * - `cut`: the connection is reset in the middle of the body.
 * - `short`: the transport ends in good order in the middle of the body.
 * - `hang`: the request is read, and nothing ever comes.
 * - `stall`: some content comes, and nothing ever after it.
 * - `echo`: status 401, and the answer repeats the credential in body and headers.
 */
export type ProviderScenario =
  | 'answer'
  | 'no_content'
  | 'long'
  | 'refused'
  | 'error'
  | 'reset'
  | 'cut'
  | 'short'
  | 'hang'
  | 'stall'
  | 'echo';

/** The other side of a provider adapter, as `providerContract` drives it. */
export interface ProviderUpstream {
  /** Gets ready to play `scenario` for the next request; resolves to the base URL. */
  play(scenario: ProviderScenario, credential: string): Promise<string>;
  /** Requests received and neither answered nor given up by the adapter. */
  readonly activeRequests: number;
  /** Requests received since `play`. */
  readonly receivedRequests: number;
  /** Bytes of answers written since `play`: stands still while the adapter does not read. */
  readonly sentBytes: number;
  /** Resolves once `condition` holds; it is asked whenever a request came or went. */
  until(condition: () => boolean): Promise<void>;
  /** Closes its connections and the port. */
  close(): Promise<void>;
}

/** The upstream of adapters that speak OpenAI's dialect. */
export function openAIProviderUpstream(options: OpenAIUpstreamOptions = {}): ProviderUpstream {
  const upstream = openAIUpstream(options);
  return {
    async play(scenario, credential) {
      await upstream.close();
      upstream.clear();
      upstream.always(answerFor(scenario, credential));
      const url = await upstream.listen();
      if (scenario === 'refused') await upstream.close();
      return url;
    },
    get activeRequests() {
      return upstream.activeRequests;
    },
    get receivedRequests() {
      return upstream.requests.length;
    },
    get sentBytes() {
      return upstream.requests.reduce((bytes, request) => bytes + request.sentBytes, 0);
    },
    until: (condition) => upstream.until(condition),
    close: () => upstream.close(),
  };
}

function answerFor(scenario: ProviderScenario, credential: string): UpstreamAnswer {
  const good: UpstreamAnswer = {
    model: 'gpt-test',
    usage: { promptTokens: 11, completionTokens: 7 },
  };
  switch (scenario) {
    case 'answer':
    case 'refused':
      return good;
    case 'no_content':
      return { ...good, text: '' };
    case 'long':
      return { ...good, text: `${'x'.repeat(0x1_0000)} `.repeat(512) };
    case 'error':
      return upstreamErrors.serverError;
    case 'reset':
      return { fault: 'reset_before_head' };
    case 'cut':
      return { ...good, fault: 'reset_in_body' };
    case 'short':
      return { ...good, fault: 'end_in_body' };
    case 'hang':
      return { fault: 'hang_before_head' };
    case 'stall':
      return { ...good, fault: 'stall_in_body' };
    case 'echo':
      return {
        status: 401,
        headers: { 'x-key': credential, 'www-authenticate': `Bearer ${credential}` },
        error: {
          message: `Incorrect API key provided: ${credential}.`,
          type: 'invalid_request_error',
          code: 'invalid_api_key',
        },
      };
  }
}
