import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** The `plimsoll` command, running from sources, with all it prints. */
export class PlimsollProcess implements AsyncDisposable {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  printed = '';
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, ['--conditions=@plimsoll/source', cli, ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (chunk) => (this.printed += chunk));
    }
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves with the first match in what was printed. */
  async until(expression: RegExp): Promise<RegExpExecArray> {
    const { stdout, stderr } = this.child;
    for (;;) {
      const match = expression.exec(this.printed);
      if (match !== null) return match;
      if (this.child.exitCode !== null) {
        throw new Error(`ended without ${expression}: ${this.printed}`);
      }
      await Promise.race([once(stdout, 'data'), once(stderr, 'data'), this.ended]);
    }
  }

  /** The address it listens on. */
  async address(): Promise<string> {
    const [, url] = await this.until(/Plimsoll listens on (http:\S+)/);
    return url!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
