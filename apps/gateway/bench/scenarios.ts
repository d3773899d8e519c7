/** What the clients ask for. */
export interface Scenario {
  readonly name: string;
  readonly path: string;
  readonly body: string;
}

const messages = [
  { role: 'system', content: 'You answer in one sentence.' },
  { role: 'user', content: 'What does the load line on the hull of a ship show?' },
];

export const smallChat: Scenario = {
  name: 'small chat completion',
  path: '/v1/chat/completions',
  body: JSON.stringify({ model: 'bench', messages }),
};

export const stream50: Scenario = {
  name: 'stream of 50 chunks',
  path: '/v1/chat/completions',
  // With usage asked for, so that both send the upstream the same and hand on all of it.
  body: JSON.stringify({
    model: 'bench',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  }),
};
