import type { Provider, Request, WireRequest } from '@plimsoll/core';
import { providerContract, type ProviderSite, type ProviderUpstream } from '@plimsoll/testkit';
import { simulated, type SimulatedOptions, type SimulatedProvider } from '../src/index.ts';

const noWire = 'it answers in process: there is no connection that could fail';

/** The model that is asked is its own upstream: what it does is set up when the adapter is made. */
let model: SimulatedProvider;
let sentBytes = 0;

function create({ scenario }: ProviderSite): Provider {
  const byScenario: Partial<Record<typeof scenario, SimulatedOptions>> = {
    no_content: { outputTokens: 0 },
    // Each token makes an event of about 200 bytes.
    long: { outputTokens: 200_000 },
    error: { errorRatio: 1 },
    hang: { firstTokenMs: 1e9 },
    stall: { tokensPerSecond: 1e-6 },
  };
  sentBytes = 0;
  model = simulated({
    firstTokenMs: 0,
    tokensPerSecond: Infinity,
    outputTokens: 7,
    ...byScenario[scenario],
  });
  const { attempt } = model;
  return {
    ...model,
    attempt: (target, request: Request, sink) =>
      attempt(target, request as Request<WireRequest>, {
        onConnect: () => sink.onConnect(),
        onHead: (head) => sink.onHead(head),
        onChunk: (chunk, kind) => {
          sentBytes += chunk.length;
          sink.onChunk(chunk, kind);
        },
        onEnd: (end) => sink.onEnd(end),
        onError: (failure) => sink.onError(failure),
      }),
  };
}

function upstream(): ProviderUpstream {
  return {
    play: () => Promise.resolve('in process'),
    get activeRequests() {
      return model.inFlight;
    },
    get receivedRequests() {
      return model.received;
    },
    get sentBytes() {
      return sentBytes;
    },
    async until(condition) {
      while (!condition()) await new Promise((resolve) => setImmediate(resolve));
    },
    close: () => Promise.resolve(),
  };
}

const chat = (json: object): Request<WireRequest> => ({
  payload: {
    dialect: 'openai',
    path: '/chat/completions',
    // 44 characters are 11 tokens.
    json: { model: 'gpt-test', messages: [{ role: 'user', content: 'x'.repeat(44) }], ...json },
  },
});

providerContract({
  create,
  upstream,
  plain: chat({}),
  stream: chat({ stream: true }),
  exempt: [
    { clause: 'unreached', reason: noWire },
    { clause: 'broken-off', reason: noWire },
    { clause: 'no-throw', reason: 'nothing is put on a wire, so nothing is unsendable' },
  ],
});
