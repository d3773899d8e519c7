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

  it('responses, each conversation on one target', async () => {
    const gateway = run('apps/gateway/src/cli.ts', ['serve', '--port', '0']);
    const [, url] = await gateway.printed(/listens on (http:\S+)/);
    const env = { OPENAI_BASE_URL: `${url}/v1` };
    const output = await run('examples/responses.ts', [], env).output;
    const turn = /^(\w+): begun on (\w+)\n\1: gone on with on \2: This is a simulated answer\./gm;
    const begun = [...output.matchAll(turn)].map(([, , target]) => target);
    expect(begun).toHaveLength(3);
    expect(new Set(begun).size).toBeGreaterThan(1);
    gateway.child.kill('SIGTERM');
    await gateway.output;
  });

  it.each<[string, readonly RegExp[]]>([
    [
      'six-strategies',
      [
        /'?round-robin'?\s*│ '33 %' │ '33 %' │ '33 %'/,
        /weighted-round-robin'?\s*│ '60 %' │ '20 %' │ '20 %'/,
        /least-busy/,
        /latency/,
        /consistent-hash/,
        /random/,
      ],
    ],
    ['custom-strategy', [/^a a a b b b c$/m]],
    [
      'several-keys',
      [
        /^key-1 served 4: .*0 of 4 requests left \(target\)/m,
        /^key-2 served \d: 0 of 5 requests left \(group\)$/m,
        /^the tenth request: ERR_PLIMSOLL_CAPACITY$/m,
      ],
    ],
    ['free-tier-first', [/^first run: {2}free free free$/m, /^second run: free free paid paid$/m]],
    [
      'geographic',
      [
        /^from Paris: frankfurt$/m,
        /^from Korea: tokyo$/m,
        /^from Paris, Europe down: ohio$/m,
        /^the same, to stay in Europe: ERR_PLIMSOLL_/m,
      ],
    ],
    ['fastest-target', [/'near'\s*│ '[5-9]\d %'/]],
    ['tiers', [/^(free-\d\n){4}cheap\ncheap\npremium$/m]],
    [
      'cheapest',
      [
        /^a short question: own /m,
        /^a long document, short answer: cheap-prompt /m,
        /^an image, short prompt: cheap-answer /m,
      ],
    ],
    ['rules', [/^small: otherwise$/m, /^large-1: rule 1: pro plan$/m, /^large-1: rule 2: hard$/m]],
    ['scaling', [/^\d+ requests, 0 failed$/m, /^new 3, third 2$/m]],
    [
      'health-and-breaker',
      [/^sick: open\nattempts on the sick one: 3\nsick: half_open\nsick: closed$/m],
    ],
    ['failover', [/^shaky: server, .*\n\d+ bytes from sound, attempts: 2$/m]],
    [
      'hooks-and-monitoring',
      [/ failed: no luck with /, /│ 'a'\s*│ 'healthy'/, /^spent: 0\.00\d+ US/m],
    ],
    [
      'prometheus',
      [
        /^plimsoll_requests_total\{pool="chat",operation="chat",outcome="success"\} 40$/m,
        /^plimsoll_selection_share\{pool="chat",target="a"\} 0\.75$/m,
        /^plimsoll_fairness_index\{pool="chat"\} 1$/m,
      ],
    ],
    [
      'opentelemetry',
      [
        /^gen_ai\.client\.inference\.duration {2}6 recorded, s$/m,
        /^gen_ai\.client\.inference\.usage\.output_tokens {2}120 \{token\}$/m,
        /^plimsoll\.affinity_hits home 6 \{request\}$/m,
      ],
    ],
    ['testing', [/^600 of 1,000 requests to a/m, /^served\s+9\d\.\d+%$/m]],
  ])('%s', async (name, expected) => {
    const output = await run(`examples/${name}.ts`).output;
    for (const expression of expected) expect(output).toMatch(expression);
  });

  it('an A/B test', async () => {
    const output = await run('examples/ab-test.ts').output;
    expect(output).toMatch(/'brief'\s*│ 14 /);
    expect(output).toMatch(/'thorough'\s*│ 6 /);
  });
});
