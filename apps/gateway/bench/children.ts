import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Questions } from './child.ts';

/** A process of a bench, started from a file of this folder. */
export interface Child extends AsyncDisposable {
  readonly port: number;
  ask<Name extends keyof Questions>(
    name: Name,
    ...ask: Questions[Name]['ask'] extends undefined ? [] : [Questions[Name]['ask']]
  ): Promise<Questions[Name]['answer']>;
}

export async function start(file: string, ...args: readonly string[]): Promise<Child> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--conditions=@plimsoll/source', '--expose-gc'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code}`);
  });
  failed.catch(() => {});
  const [{ port }] = await Promise.race([once(child, 'message'), failed]);
  return {
    port,
    async ask(name, ...[ask]) {
      child.send({ name, ask });
      const [{ answer }] = await Promise.race([once(child, 'message'), failed]);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
