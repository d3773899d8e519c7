import type { Explained } from '@plimsoll/monitor';

/** What the gateway said no to, in its words. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refused';
    this.status = status;
  }
}

/** A request of the form that sends one. */
export interface Sent {
  /** A pool, or `pool@target`. */
  readonly model: string;
  readonly message: string;
  readonly key: string;
  readonly region: string;
  readonly isStream: boolean;
}

/** What would happen to a request: as much of the engine's explanation as is shown. */
export interface Explanation {
  /** Absent when no target is admissible. */
  readonly target?: string;
  readonly strategy: string;
  readonly path: readonly string[];
  readonly candidates: readonly {
    readonly target: string;
    /** `admissible`, or why it is left out. */
    readonly reason: string;
    readonly score?: number;
  }[];
  /** Targets in the order they would be tried if each failed. */
  readonly order: readonly string[];
}

/** The gateway's admin API, below the address of the page. */
export interface Admin {
  watch(query: string, signal: AbortSignal): Promise<Response>;
  call(callId: number): Promise<Explained>;
  setWeight(pool: string, target: string, weight: number): Promise<void>;
  drain(pool: string, target: string): Promise<void>;
  enable(pool: string, target: string): Promise<void>;
  /** Ends a cool-down, or lets a probe through an open breaker. */
  tryNow(pool: string, target: string): Promise<void>;
  /** The answer as the gateway gives it, with its headers. */
  send(sent: Sent, signal: AbortSignal): Promise<Response>;
  explain(sent: Sent): Promise<Explanation>;
}

export function chatBody({ model, message, isStream }: Sent): Record<string, unknown> {
  return {
    model,
    messages: [{ role: 'user', content: message }],
    ...(isStream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

/** The headers by which the balancer is told what stands in no body. */
export function balancingHeaders({ key, region }: Sent): Record<string, string> {
  return {
    ...(key === '' ? {} : { 'x-plimsoll-key': key }),
    ...(region === '' ? {} : { 'x-plimsoll-region': region }),
  };
}

/** @param token - read at each request, as it may be typed in again. */
export function adminOf(token: () => string | undefined): Admin {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    const bearer = token();
    if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
    return await fetch(`admin/${path}`, { ...init, headers, cache: 'no-store' });
  };
  const post = (path: string, body: unknown, init: RequestInit = {}): Promise<Response> =>
    ask(path, {
      ...init,
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...(init.headers as Record<string, string>), 'content-type': 'application/json' },
    });
  const change = async (
    pool: string,
    target: string,
    verb: string,
    body: unknown = {},
  ): Promise<void> => {
    const path = `pools/${encodeURIComponent(pool)}/targets/${encodeURIComponent(target)}/${verb}`;
    await accepted(await reached(post(path, body)));
  };
  return {
    watch: (query, signal) => ask(`watch?${query}`, { signal }),
    call: async (callId) => {
      const response = await accepted(await reached(ask(`calls/${callId}`)));
      return (await response.json()) as Explained;
    },
    setWeight: (pool, target, weight) => change(pool, target, 'weight', { weight }),
    drain: (pool, target) => change(pool, target, 'drain'),
    enable: (pool, target) => change(pool, target, 'enable'),
    tryNow: (pool, target) => change(pool, target, 'try'),
    send: async (sent, signal) => {
      const { key, region, isStream, model } = sent;
      const headers = { ...(key === '' ? {} : { key }), ...(region === '' ? {} : { region }) };
      const body = { model, isStream, headers, body: chatBody(sent) };
      return await accepted(await reached(post('send', body, { signal })));
    },
    explain: async (sent) => {
      const headers = balancingHeaders(sent);
      const response = await accepted(await reached(post('explain', chatBody(sent), { headers })));
      return (await response.json()) as Explanation;
    },
  };
}

async function reached(response: Promise<Response>): Promise<Response> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, 'The gateway does not answer.');
  }
}

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Refused(
    response.status,
    messageOf(await response.text()) ?? `The gateway answered ${response.status}.`,
  );
}

/** What an error in OpenAI's form says; undefined when it has another. */
export function messageOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
}
