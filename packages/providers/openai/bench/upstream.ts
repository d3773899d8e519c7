// The other side of attempt.bench.ts, in a process of its own, so that its cost is not counted.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const event = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-C9vQ2bXhT5',
    object: 'chat.completion.chunk',
    created: 1_767_225_600,
    model: 'gpt-5-mini-2025-08-07',
    system_fingerprint: 'fp_3f58d112f7',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  })}\n\n`;
const events = [
  event({ role: 'assistant', content: '' }, null),
  ...Array.from({ length: 47 }, () => event({ content: ' word' }, null)),
  event({}, 'stop'),
  'data: [DONE]\n\n',
];
const completion = JSON.stringify({
  id: 'chatcmpl-C9vQ2bXhT5',
  object: 'chat.completion',
  created: 1_767_225_600,
  model: 'gpt-5-mini-2025-08-07',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'The sea is wide and blue.', refusal: null },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
});

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    if (!body.includes('"stream":true')) {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': completion.length,
        'x-request-id': 'req_1',
        'x-ratelimit-remaining-requests': '499',
      });
      response.end(completion);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' });
    let next = 0;
    // One event per turn of the loop, so that each travels alone.
    const send = (): void => {
      response.write(events[next]);
      if (++next < events.length) setImmediate(send);
      else response.end();
    };
    send();
  });
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
