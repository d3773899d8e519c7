import type { TestGateway } from '../rig.ts';

/** Frames of `/admin/watch` as they come. */
export interface Watcher extends AsyncDisposable {
  readonly status: number;
  /** The next frame of this name, passing over others. */
  next<T = unknown>(name: string): Promise<T>;
  /** Whether the gateway has ended it. */
  ended(): Promise<boolean>;
}

export async function watch({ url }: TestGateway, query = ''): Promise<Watcher> {
  const abort = new AbortController();
  const response = await fetch(`${url}/admin/watch${query}`, {
    headers: { authorization: 'Bearer tea' },
    signal: abort.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const frame = async (): Promise<[name: string, data: string] | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const [first, second] = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        if (first!.startsWith('event: ')) return [first!.slice(7), second!.slice(6)];
        continue;
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  return {
    status: response.status,
    async next<T>(name: string) {
      for (;;) {
        const found = await frame();
        if (found === undefined) throw new Error(`no ${name} came`);
        if (found[0] === name) return JSON.parse(found[1]) as T;
      }
    },
    async ended() {
      while ((await frame()) !== undefined);
      return true;
    },
    async [Symbol.asyncDispose]() {
      abort.abort();
    },
  };
}
