/** A gateway that cannot be asked, or does not answer as one, in words. */
export class AdminClientError extends Error {}

/** How long an answer may take that is no stream, in milliseconds. */
const TIMEOUT_MS = 10_000;

interface Question {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the admin API of a running gateway. */
export class AdminClient {
  readonly #base: URL;
  readonly #token: string | undefined;

  /** @param token - undefined asks without one, which the gateway refuses. */
  constructor(base: URL, token: string | undefined) {
    this.#base = new URL(base);
    if (!this.#base.pathname.endsWith('/')) this.#base.pathname += '/';
    this.#token = token;
  }

  /**
   * The JSON that the gateway answers with; with a body it is sent a POST.
   *
   * @param path - below `/admin/`.
   * @throws AdminClientError when there is none.
   */
  async ask(path: string, question: Question = {}): Promise<unknown> {
    const response = await this.#send(path, question, AbortSignal.timeout(TIMEOUT_MS));
    try {
      return await response.json();
    } catch (error) {
      throw new AdminClientError(
        `${this.#base.origin} does not answer as a Plimsoll gateway does`,
        {
          cause: error,
        },
      );
    }
  }

  /**
   * The answer to a GET, piece by piece, for as long as the gateway sends.
   *
   * @throws AdminClientError when there is none, or it breaks off.
   */
  async *follow(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const response = await this.#send(path, {}, signal);
    const decoder = new TextDecoder();
    try {
      for await (const bytes of response.body ?? []) yield decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async #send(path: string, { body, headers }: Question, signal: AbortSignal): Promise<Response> {
    const url = new URL(`admin/${path}`, this.#base);
    const sent = new Headers(headers);
    if (this.#token !== undefined) sent.set('authorization', `Bearer ${this.#token}`);
    const init: RequestInit = { headers: sent, signal, redirect: 'error' };
    if (body !== undefined) {
      sent.set('content-type', 'application/json');
      init.method = 'POST';
      init.body = JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      throw this.#unreachable(error);
    }
    if (response.ok) return response;
    throw new AdminClientError(await this.#refusal(response));
  }

  async #refusal(response: Response): Promise<string> {
    if (response.status === 401) {
      return this.#token === undefined
        ? 'the gateway wants its admin token: --token TOKEN, or PLIMSOLL_ADMIN_TOKEN'
        : 'the gateway refuses this admin token';
    }
    const text = await response.text().catch(() => '');
    return messageIn(text) ?? `${this.#base.origin} answers ${response.status}`;
  }

  #unreachable(error: unknown): AdminClientError {
    const { origin } = this.#base;
    // What fetch throws says nothing; its cause does.
    const { cause = error } = error as Error;
    const message = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
    return new AdminClientError(`${origin} cannot be reached: ${message}`, { cause: error });
  }
}

/** The message of an error in the form of OpenAI's API. */
function messageIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
}
