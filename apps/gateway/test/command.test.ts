import { describe, expect, it } from 'vitest';

import { runCommandLine } from '../src/command.ts';
import { fakeTerminal } from './fake-terminal.ts';

async function run(args: readonly string[], options = {}) {
  const terminal = fakeTerminal(options);
  const code = await runCommandLine(args, terminal);
  return { code, out: terminal.stdout.text, error: terminal.stderr.text };
}

const names = ['serve', 'check', 'explain', 'simulate', 'import', 'top'];

describe('plimsoll', () => {
  it('lists its commands, on stdout', async () => {
    for (const args of [['--help'], ['-h'], ['help']]) {
      const { code, out, error } = await run(args);
      expect(code).toBe(0);
      expect(error).toBe('');
      for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} .*\\S`, 'm'));
    }
  });

  it.each(names)(
    'says how %s is used: what it does, options, examples, exit codes',
    async (name) => {
      for (const args of [
        [name, '--help'],
        [name, '-h'],
        ['help', name],
      ]) {
        const { code, out } = await run(args);
        expect(code).toBe(0);
        expect(out).toContain(`Usage: plimsoll ${name}`);
        for (const title of ['Options', 'Examples', 'Exit codes']) {
          expect(out).toMatch(new RegExp(`^${title}$`, 'm'));
        }
        expect(out).toMatch(new RegExp(`^  plimsoll ${name}`, 'm'));
      }
    },
  );

  it('keeps its help within the width of the terminal', async () => {
    for (const columns of [60, 80, 200]) {
      for (const args of [['--help'], ...names.map((name) => [name, '--help'])]) {
        const { out } = await run(args, { columns, isTTY: true });
        const prose = out.split('\n').filter((line) => !line.startsWith('  plimsoll '));
        const longest = Math.max(...prose.map((line) => line.length));
        expect(longest, args.join(' ')).toBeLessThanOrEqual(Math.min(columns, 100) + 4);
      }
    }
  });

  it('tells its version', async () => {
    const { out } = await run(['--version']);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [[], 'a command is missing; use serve'],
    [['sreve'], 'there is no command sreve (did you mean "serve"?)'],
    [['destroy'], 'there is no command destroy; use serve'],
    [['--prot', '1'], 'there is no option --prot before a command'],
    [['check'], 'check needs a configuration: plimsoll check FILE'],
    [['check', 'a', 'b'], 'check takes no argument b'],
    [['check', 'a', '-c', 'b'], 'check takes one file, not a and b'],
    [['check', 'a', '--json=1'], '--json takes no value'],
    [
      ['check', 'a', '--timeout', '5'],
      '--timeout must be a time such as 500ms, 30s, 10m or 1h, got "5"',
    ],
    [['serve', 'a.yaml'], 'serve takes no argument a.yaml'],
    [['serve', '--live'], 'serve has no option --live; it takes --config, --port, --host'],
    [['serve', '--prot', '1'], 'serve has no option --prot (did you mean "--port"?)'],
    [['serve', '--port'], '--port needs a value: --port PORT'],
    [['serve', '--port', '--host', '::1'], '--port needs a value: --port PORT'],
    [['serve', '--port', '80000'], '--port must be a port, 0 to 65535, got "80000"'],
    [['serve', '--port', 'x'], '--port must be a port, 0 to 65535, got "x"'],
  ])('refuses %j', async (args, message) => {
    const { code, out, error } = await run(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(error).toContain(`plimsoll: ${message}`);
    expect(error).toMatch(/\nplimsoll.* --help says how it is used\.\n$/);
  });

  it('refuses a port of the environment that is none', async () => {
    const { code, error } = await run(['serve'], { env: { PLIMSOLL_PORT: 'x' } });
    expect(code).toBe(2);
    expect(error).toContain('PLIMSOLL_PORT must be a port, 0 to 65535, got "x"');
  });
});
