import { ChunkKind, type AttemptSink, type Provider } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import type { ProviderSite } from '../src/index.ts';
import { providerClauses } from '../src/provider/clauses.ts';
import { providerSubject } from '../src/provider/contract.ts';
import { referenceProvider } from './reference-provider.ts';

/** One adapter that is broken in one way, by the clause that must catch it. */
const mutants: Record<string, Record<string, (site: ProviderSite) => Provider>> = {
  'returns-first': {
    'calls the sink at once': broken((sink) => {
      sink.onConnect();
      return { ...forward(sink), onConnect: () => {} };
    }),
  },
  order: {
    'tells no head': broken((sink) => ({ ...forward(sink), onHead: () => {} })),
    'ends twice': broken((sink) => ({
      ...forward(sink),
      onEnd: (end) => {
        sink.onEnd(end);
        sink.onEnd(end);
      },
    })),
    'tells the head before the connection': broken((sink) => ({
      ...forward(sink),
      onConnect: () => {},
      onHead: (head) => {
        sink.onHead(head);
        sink.onConnect();
      },
    })),
  },
  'error-alone': {
    'hands on the head of an error': broken((sink) => ({
      ...forward(sink),
      onError: (failure) => {
        if (failure.status !== undefined) sink.onHead({ status: failure.status, headers: {} });
        sink.onError(failure);
      },
    })),
    'takes an error for an answer': broken((sink) => ({
      ...forward(sink),
      onError: (failure) =>
        failure.status === undefined ? sink.onError(failure) : sink.onEnd({ usage: undefined }),
    })),
  },
  unreached: {
    'blames nobody for a refused connection': broken((sink) => ({
      ...forward(sink),
      onError: (failure) => sink.onError({ ...failure, isHealthFailure: false }),
    })),
    'never ends when the connection fails': broken((sink) => ({
      ...forward(sink),
      onError: (failure) => failure.kind === 'network' || sink.onError(failure),
    })),
  },
  'broken-off': {
    'ends a torn answer well': broken((sink) => ({
      ...forward(sink),
      onError: (failure) =>
        failure.kind === 'stream' ? sink.onEnd({ usage: undefined }) : sink.onError(failure),
    })),
  },
  'no-throw': {
    'throws for a request that is no JSON': (site) => {
      const provider = referenceProvider(site);
      return {
        ...provider,
        attempt: (target, request, sink) => {
          JSON.stringify(request.payload);
          return provider.attempt(target, request, sink);
        },
      };
    },
    'throws for an error it does not know': (site) => ({
      ...referenceProvider(site),
      classify: (error) => {
        throw error;
      },
    }),
  },
  'abort-unanswered': {
    'tells the abort as a failure': broken(forward, (control, sink) => ({
      ...control,
      abort: () => {
        control.abort();
        setImmediate(() => sink.onError(aborted));
      },
    })),
    'leaves the request open': broken(muted, (control, _sink, state) => ({
      ...control,
      abort: () => {
        state.isMuted = true;
      },
    })),
  },
  'abort-stream': {
    'leaves the stream open': broken(muted, (control, _sink, state) => ({
      ...control,
      abort: () => {
        state.isMuted = true;
        if (!state.hasHead) control.abort();
      },
    })),
    'tells the abort of a stream as its end': broken(muted, (control, sink, state) => ({
      ...control,
      abort: () => {
        control.abort();
        if (state.hasHead) sink.onEnd({});
      },
    })),
  },
  'abort-within': {
    'aborts a turn later': broken(forward, (control) => ({
      ...control,
      abort: () => void setImmediate(() => control.abort()),
    })),
  },
  'late-control': {
    'tells the end again on resume': broken(muted, (control, sink, state) => ({
      ...control,
      resume: () => (state.isOver ? sink.onEnd({}) : control.resume()),
    })),
    'throws on a second abort': broken(muted, (control, _sink, state) => ({
      ...control,
      abort: () => {
        if (state.isOver) throw new Error('nothing to abort');
        control.abort();
      },
    })),
  },
  pause: {
    'reads on while paused': broken(forward, (control) => ({ ...control, pause: () => {} })),
    'never resumes': broken(forward, (control) => ({ ...control, resume: () => {} })),
  },
  content: {
    'takes every chunk for content': broken((sink) => ({
      ...forward(sink),
      onChunk: (chunk) => sink.onChunk(chunk, ChunkKind.content),
    })),
    'takes no chunk for content': broken((sink) => ({
      ...forward(sink),
      onChunk: (chunk) => sink.onChunk(chunk, ChunkKind.event),
    })),
  },
  usage: {
    'reports no usage': broken((sink) => ({
      ...forward(sink),
      onEnd: ({ model }) => sink.onEnd({ model }),
    })),
    'reports no model': broken((sink) => ({
      ...forward(sink),
      onEnd: ({ usage }) => sink.onEnd({ usage }),
    })),
  },
  secret: {
    'repeats the key in a message': (site) => {
      const provider = broken((sink) => ({
        ...forward(sink),
        onError: (failure) =>
          sink.onError({ ...failure, message: `${failure.message} (${site.credential})` }),
      }))(site);
      return provider;
    },
    'hands on the request as the cause': (site) =>
      broken((sink) => ({
        ...forward(sink),
        onError: (failure) => {
          const headers = new Map([['authorization', `Bearer ${site.credential}`]]);
          sink.onError({ ...failure, cause: new Error('failed', { cause: { headers } }) });
        },
      }))(site),
    'keeps the key where a log prints it': (site) => ({
      ...referenceProvider(site),
      apiKey: site.credential,
    }),
  },
};

const aborted = {
  kind: 'aborted',
  verdict: 'abort',
  message: 'The caller went away.',
  isHealthFailure: false,
} as const;

describe('the provider contract', () => {
  test('has a mutant for every clause', () => {
    expect(Object.keys(mutants).sort()).toEqual(providerClauses.map(({ id }) => id).sort());
  });

  for (const { id, check } of providerClauses) {
    for (const [name, create] of Object.entries(mutants[id] ?? {})) {
      test.concurrent(`[${id}] catches an adapter that ${name}`, async ({ expect }) => {
        await expect(check({ ...providerSubject({ create }), patienceMs: 2000 })).rejects.toThrow();
      });
    }
  }
});

/** What a mutant may know of its attempt. */
interface State {
  isMuted: boolean;
  hasHead: boolean;
  isOver: boolean;
}

type Control = ReturnType<Provider['attempt']>;

/** The reference adapter with another sink put in its way, or another control handed out. */
function broken(
  breakSink: (sink: AttemptSink, state: State) => AttemptSink,
  breakControl: (control: Control, sink: AttemptSink, state: State) => Control = (control) =>
    control,
): (site: ProviderSite) => Provider {
  return (site) => {
    const provider = referenceProvider(site);
    return {
      ...provider,
      attempt(target, request, sink) {
        const state: State = { isMuted: false, hasHead: false, isOver: false };
        const control = provider.attempt(target, request, breakSink(sink, state));
        const plain: Control = {
          pause: () => control.pause(),
          resume: () => control.resume(),
          abort: () => control.abort(),
        };
        return breakControl(plain, sink, state);
      },
    };
  };
}

function forward(sink: AttemptSink): AttemptSink {
  return {
    onConnect: () => sink.onConnect(),
    onHead: (head) => sink.onHead(head),
    onChunk: (chunk, kind) => sink.onChunk(chunk, kind),
    onEnd: (end) => sink.onEnd(end),
    onError: (failure) => sink.onError(failure),
  };
}

/** Hands on until it is muted, and keeps the state. */
function muted(sink: AttemptSink, state: State): AttemptSink {
  return {
    onConnect: () => state.isMuted || sink.onConnect(),
    onHead: (head) => {
      state.hasHead = true;
      if (!state.isMuted) sink.onHead(head);
    },
    onChunk: (chunk, kind) => state.isMuted || sink.onChunk(chunk, kind),
    onEnd: (end) => {
      state.isOver = true;
      if (!state.isMuted) sink.onEnd(end);
    },
    onError: (failure) => {
      state.isOver = true;
      if (!state.isMuted) sink.onError(failure);
    },
  };
}
