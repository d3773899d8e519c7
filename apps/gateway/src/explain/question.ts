/** A request that is not sent, to ask what would become of it. */
export interface Question {
  /** Where it would go: a pool, `pool@target`, or a model name that a pool answers to. */
  readonly model: string;
  /** Of a chat completion. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is asked about when no body is given. */
export const HELLO: Question['body'] = { messages: [{ role: 'user', content: 'Hello' }] };
