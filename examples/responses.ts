// A conversation by OpenAI's Responses API through the gateway: each turn names the one before it, which only the account
// that gave it has, so the gateway sends it there. Turns that name none go wherever the strategy likes.
//
//   npm start                          in one terminal: provider keys are found, or models simulated
//   node examples/responses.ts         in another
import OpenAI from 'openai';

const baseURL = process.env['OPENAI_BASE_URL'] ?? 'http://127.0.0.1:8787/v1';
const model = process.env['MODEL'] ?? 'default';
const client = new OpenAI({ baseURL, apiKey: 'not-used' });

for (const conversation of ['first', 'second', 'third']) {
  const { data: greeting, response } = await client.responses
    .create({ model, input: `This is my ${conversation} question: what is a load line?` })
    .withResponse();
  console.log(`${conversation}: begun on ${response.headers.get('x-plimsoll-target')}`);

  const { data: events, response: next } = await client.responses
    .create({
      model,
      input: 'And who thought of it?',
      previous_response_id: greeting.id,
      stream: true,
    })
    .withResponse();
  let words = '';
  for await (const event of events) {
    if (event.type === 'response.output_text.delta') words += event.delta;
  }
  console.log(
    `${conversation}: gone on with on ${next.headers.get('x-plimsoll-target')}: ${words}`,
  );
}
