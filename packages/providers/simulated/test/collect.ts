import type {
  AttemptControl,
  AttemptEnd,
  AttemptSink,
  ChunkKind,
  Failure,
  RateLimitFact,
  WireHead,
} from '@plimsoll/core';
import { targetOf } from '@plimsoll/testkit';
import type { SimulatedProvider } from '../src/index.ts';

/** What one attempt told its sink. */
export class Collected implements AttemptSink<WireHead, Uint8Array> {
  /** What came, in order, but for chunks. */
  readonly told: ('limits' | 'head' | 'end' | 'error')[] = [];
  limits: readonly RateLimitFact[] | undefined;
  head: WireHead | undefined;
  readonly chunks: [text: string, kind: ChunkKind][] = [];
  end: AttemptEnd | undefined;
  failure: Failure | undefined;
  control: AttemptControl | undefined;
  onText: (text: string) => void = () => {};
  onOver: () => void = () => {};

  get text(): string {
    return this.chunks.map(([text]) => text).join('');
  }
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into it and fails where it is not as expected
  get json(): any {
    return JSON.parse(this.text);
  }

  onConnect(): void {}
  onLimits(facts: readonly RateLimitFact[]): void {
    this.told.push('limits');
    this.limits = facts;
  }
  onHead(head: WireHead): void {
    this.told.push('head');
    this.head = head;
  }
  onChunk(chunk: Uint8Array, kind: ChunkKind): void {
    const text = Buffer.from(chunk).toString();
    this.chunks.push([text, kind]);
    this.onText(text);
  }
  onEnd(end: AttemptEnd): void {
    this.told.push('end');
    this.end = end;
    this.onOver();
  }
  onError(failure: Failure): void {
    this.told.push('error');
    this.failure = failure;
    this.onOver();
  }
}

/** Starts an attempt; it has been received when this resolves. */
export async function start(
  provider: SimulatedProvider,
  json: Record<string, unknown>,
  path = '/chat/completions',
  collected: Collected = new Collected(),
): Promise<Collected> {
  const payload = { dialect: 'openai', path, json };
  collected.control = provider.attempt(targetOf({ model: '*' }), { payload }, collected);
  await turn();
  return collected;
}

/** A turn of the event loop: what was put off to the next tick has happened. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
