// The official openai SDK against the gateway, streaming: only its base URL is another one.
//
//   npm start                                              in one terminal: provider keys are found, or models simulated
//   node examples/openai-sdk-through-the-gateway.ts        in another
import OpenAI from 'openai';

const baseURL = process.env['OPENAI_BASE_URL'] ?? 'http://127.0.0.1:8787/v1';
// The gateway holds the providers' keys; the SDK wants one of its own all the same.
const client = new OpenAI({ baseURL, apiKey: 'not-used' });

const { data: stream, response } = await client.chat.completions
  .create({
    model: process.env['MODEL'] ?? 'default',
    messages: [{ role: 'user', content: 'What does the load line on a ship show?' }],
    stream: true,
  })
  .withResponse();

console.log(`served by ${response.headers.get('x-plimsoll-target')}:`);
for await (const { choices } of stream) {
  process.stdout.write(choices[0]?.delta.content ?? '');
}
console.log();
