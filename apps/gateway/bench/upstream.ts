// An upstream that costs little: canned answers, a stream in 50 pieces that arrive one by one.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serveParent } from './child.ts';

const frame = { id: 'chatcmpl-1', created: 1, model: 'bench' };
const usage = { prompt_tokens: 12, completion_tokens: 50, total_tokens: 62 };

const answer = Buffer.from(
  JSON.stringify({
    ...frame,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'A load line shows how much a ship may carry.' },
        finish_reason: 'stop',
      },
    ],
    usage,
  }),
);

function event(delta: object, finishReason: string | null = null): Buffer {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  const json = { ...frame, object: 'chat.completion.chunk', choices };
  return Buffer.from(`data: ${JSON.stringify(json)}\n\n`);
}

const pieces = [
  event({ role: 'assistant', content: '' }),
  ...Array.from({ length: 48 }, (_, index) => event({ content: ` word${index}` })),
  Buffer.concat([
    event({}, 'stop'),
    Buffer.from(`data: ${JSON.stringify({ ...frame, choices: [], usage })}\n\n`),
    Buffer.from('data: [DONE]\n\n'),
  ]),
];

const server = createServer((req, res) => {
  let isStream = false;
  req.on('data', (chunk: Buffer) => {
    isStream ||= chunk.includes('"stream":true');
  });
  req.on('end', () => {
    if (!isStream) {
      res.writeHead(200, [
        'content-type',
        'application/json',
        'content-length',
        `${answer.length}`,
      ]);
      res.end(answer);
      return;
    }
    res.writeHead(200, ['content-type', 'text/event-stream']);
    let sent = 0;
    const send = (): void => {
      res.write(pieces[sent++]!);
      // A model takes its time between two tokens, so each is read and written by itself.
      if (sent < pieces.length) setTimeout(send, 1);
      else res.end();
    };
    send();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => serveParent((server.address() as AddressInfo).port));
