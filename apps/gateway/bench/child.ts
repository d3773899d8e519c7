/** What a child process of a bench is asked over its channel, and what it answers. */
export interface Questions {
  /** Microseconds of user and system time since its start. */
  cpu: { ask: undefined; answer: number };
  /** Bytes of the heap in use after a forced collection. */
  heap: { ask: undefined; answer: number };
  /** Sends so many requests, so many at once, and tells when all were answered. */
  load: {
    ask: { port: number; path: string; body: string; requests: number; concurrency: number };
    answer: { milliseconds: number; bytes: number };
  };
  /** Takes so many looks as for an open dashboard; microseconds of CPU for each. */
  looks: { ask: number; answer: number };
  /** Sends so many requests a second, whether or not they are answered, and tells how many were when the time is over. */
  paced: {
    ask: { port: number; path: string; body: string; perSecond: number; seconds: number };
    answer: { answered: number };
  };
}

type Answerers = {
  [Name in keyof Questions]?: (
    ask: Questions[Name]['ask'],
  ) => Questions[Name]['answer'] | Promise<Questions[Name]['answer']>;
};

/** Answers the parent's questions, and tells it the port to use; ends when the parent is gone. */
export function serveParent(port: number, answerers: Answerers = {}): void {
  const all: Answerers = {
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    heap: () => {
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    },
    ...answerers,
  };
  process.on('message', async ({ name, ask }: { name: keyof Questions; ask: never }) => {
    process.send!({ answer: await all[name]!(ask) });
  });
  process.on('disconnect', () => process.exit());
  process.send!({ port });
}
