// What reading a stream costs while its bytes pass through: the scanner alone, without network.
import { StreamScanner } from '../src/openai-stream.ts';

const words = ['The', ' sea', ' is', ' "wide"', ',\n', ' and', ' Grün', '.'];

function event(delta: object, finish: string | null, extra: object): Buffer {
  const json = {
    id: 'chatcmpl-C9vQ2bXhT5',
    object: 'chat.completion.chunk',
    created: 1_767_225_600,
    model: 'gpt-5-mini-2025-08-07',
    system_fingerprint: 'fp_3f58d112f7',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...extra,
  };
  return Buffer.from(`data: ${JSON.stringify(json)}\n\n`);
}

/** A stream of 50 events, as many as the gateway's benchmark sends. */
function streamOf(extra: (index: number) => object): Buffer[] {
  const contents = Array.from({ length: 47 }, (_, index) =>
    event({ content: words[index % words.length] }, null, extra(index)),
  );
  return [
    event({ role: 'assistant', content: '' }, null, extra(0)),
    ...contents,
    event({}, 'stop', extra(0)),
    Buffer.from('data: [DONE]\n\n'),
  ];
}

const listener = {
  bytes: 0,
  onBytes(bytes: Buffer): void {
    this.bytes += bytes.length;
  },
  onComplete(): void {},
  onErrorEvent(): void {},
  onBroken(reason: string): void {
    throw new Error(reason);
  },
};

function scan(chunks: readonly Buffer[]): void {
  const scanner = new StreamScanner(listener, 1, true);
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
}

function parse(chunks: readonly Buffer[]): void {
  for (const chunk of chunks) {
    const text = chunk.toString();
    if (text.startsWith('data: {')) JSON.parse(text.slice(6));
  }
}

const plain = streamOf(() => ({ usage: null }));
const padded = streamOf((index) => ({ usage: null, obfuscation: 'x8Dk2mQ'.slice(index % 7) }));
const changing = streamOf((index) => ({ sequence: index }));

const rows: readonly [
  what: string,
  chunks: readonly Buffer[],
  run: (chunks: readonly Buffer[]) => void,
][] = [
  ['one event per chunk', plain, scan],
  ['with OpenAI’s padding', padded, scan],
  ['no two events alike', changing, scan],
  ['all in one chunk', [Buffer.concat(plain)], scan],
  ['for comparison: JSON.parse of every event', plain, parse],
];

const timeUs = (chunks: readonly Buffer[], run: (chunks: readonly Buffer[]) => void): number => {
  const runs = 3000;
  const start = process.hrtime.bigint();
  for (let count = 0; count < runs; count++) run(chunks);
  return Number(process.hrtime.bigint() - start) / 1000 / runs;
};

const samples = rows.map(() => [] as number[]);
// Interleaved, so that what else runs on the machine touches all rows alike.
for (let round = 0; round < 11; round++) {
  rows.forEach(([, chunks, run], row) => samples[row]!.push(timeUs(chunks, run)));
}

console.table(
  Object.fromEntries(
    rows.map(([what, chunks], row) => {
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      const median = samples[row]!.sort((a, b) => a - b)[5]!;
      return [
        what,
        { 'µs per stream': +median.toFixed(1), 'bytes per µs': Math.round(bytes / median) },
      ];
    }),
  ),
);
