import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Program {
  readonly child: ChildProcess;
  /** All it printed, once it has ended; rejects when it ended badly. */
  readonly output: Promise<string>;
  printed(expression: RegExp): Promise<RegExpExecArray>;
}

/** Runs a program of this repository from its sources, with nothing in its environment but `env`. */
function run(
  file: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Program {
  const child = spawn(process.execPath, ['--conditions=@plimsoll/source', file, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const output = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`${file} ended with ${code}: ${text}`);
    return text;
  });
  return {
    child,
    output,
    async printed(expression) {
      for (;;) {
        const match = expression.exec(text);
        if (match !== null) return match;
        await Promise.race([once(child.stdout, 'data'), output]);
      }
    },
  };
}

describe.concurrent('an example runs without any key', () => {
  it('round-robin over three keys', async () => {
    const output = await run('examples/round-robin-over-three-keys.ts').output;
    const served = [...output.matchAll(/^(key-\d) in \d+ ms: \S/gm)].map(([, key]) => key);
    expect(served).toHaveLength(6);
    expect(new Set(served.slice(0, 3))).toEqual(new Set(['key-1', 'key-2', 'key-3']));
    expect(served.slice(3)).toEqual(served.slice(0, 3));
  });

  it('the openai SDK through the gateway', async () => {
    const gateway = run('apps/gateway/src/cli.ts', ['serve', '--port', '0']);
    const [, url] = await gateway.printed(/listens on (http:\S+)/);
    const output = await run('examples/openai-sdk-through-the-gateway.ts', [], {
      OPENAI_BASE_URL: `${url}/v1`,
    }).output;
    expect(output).toMatch(/^served by (fast|steady|slow):\nThis is a simulated answer\./);
    gateway.child.kill('SIGTERM');
    await gateway.output;
  });

  it('an A/B test', async () => {
    const output = await run('examples/ab-test.ts').output;
    expect(output).toMatch(/'brief'\s*│ 14 /);
    expect(output).toMatch(/'thorough'\s*│ 6 /);
  });
});
