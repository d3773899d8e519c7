import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runCommandLine } from '../src/command.ts';
import { fakeTerminal } from './fake-terminal.ts';

let folder: string;
let config: string;

const price = { input: 1, output: 4 };
const fleet = {
  targets: [
    { id: 'a', provider: 'vllm', model: 'm', weight: 3, price },
    { id: 'b', provider: 'vllm', model: 'm', weight: 1, price },
    { id: 'slow', provider: 'simulated', model: 'm', simulate: { firstToken: '900ms' } },
    { id: 'shaky', provider: 'simulated', model: 'm', simulate: { errorRatio: 0.3 } },
  ],
  pools: {
    chat: { strategy: 'weighted-round-robin', targets: ['a', 'b'] },
    single: { targets: ['slow'] },
    failing: { targets: ['shaky', 'slow'] },
    limited: {
      targets: [{ id: 'l', provider: 'vllm', model: 'm', limits: { rpm: 30 } }],
      queue: { maxLength: 1, maxWait: '1s' },
    },
    rescued: { targets: ['a'], rescue: 'continue' },
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  config = join(folder, 'plimsoll.yaml');
  await writeFile(config, JSON.stringify(fleet));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function simulate(args: readonly string[], options = {}) {
  const terminal = fakeTerminal(options);
  const code = await runCommandLine(['simulate', config, ...args], terminal);
  return { code, out: terminal.stdout.text, error: terminal.stderr.text };
}

async function results(args: readonly string[]) {
  const { code, out } = await simulate([...args, '--duration', '2m', '--json']);
  expect(code).toBe(0);
  const [pool] = JSON.parse(out).pools;
  return { ...pool, ...pool.runs[0] };
}

describe('simulate', () => {
  it('gives shares by weight, the same for the same seed, and others for another', async () => {
    const one = await results(['--pool', 'chat']);
    expect(one.targets).toMatchObject([
      { id: 'a', expectedShare: 0.75, errors: 0 },
      { id: 'b', expectedShare: 0.25 },
    ]);
    // Smooth weighted round-robin is never off by more than one request.
    expect(one.largestGap).toBeLessThan(1 / one.report.requests + 1e-9);
    expect(one.report.successRatio).toBe(1);
    expect(one.targets[0].costUsd).toBeGreaterThan(0);
    expect(await results(['--pool', 'chat'])).toEqual(one);
    expect((await results(['--pool', 'chat', '--seed', '2'])).report).not.toEqual(one.report);
  });

  it('sends as many requests as --rate and --duration say', async () => {
    const { report } = await results(['--pool', 'chat', '--rate', '300/m']);
    // 5 per second for 120 s: 600 by Poisson, whose standard deviation is 24.5; four of them.
    expect(Math.abs(report.requests - 600)).toBeLessThan(98);
  });

  it('takes simulated targets as they say they are', async () => {
    const { report } = await results(['--pool', 'single', '--rate', '1']);
    expect(report.firstContentMs.p50).toBeCloseTo(900, 6);
    const failing = await results(['--pool', 'failing']);
    const [shaky] = failing.targets;
    // 0.3 of what was tried there, until breakers open; enough to see that it is not 0 and not all.
    const ratio = shaky.errors / (shaky.errors + shaky.served);
    expect(ratio).toBeGreaterThan(0.2);
    expect(ratio).toBeLessThan(0.4);
  });

  it('lets a fault hold while it lasts', async () => {
    const { faults, targets, report } = await results([
      '--pool',
      'chat',
      '--fault',
      'b: outage 30s..60s',
    ]);
    expect(faults).toEqual(['b: outage 30s..60s']);
    expect(targets[0].errors).toBe(0);
    expect(targets[1].errors).toBeGreaterThan(0);
    expect(report.timeline).toHaveLength(60);
    // Part 20 is from 40 s to 42 s.
    expect(report.timeline[20].picks[1]).toBe(0);
  });

  it('keeps the limits of the file, so that nothing over them is sent', async () => {
    const { targets, report, capacityPerS } = await results(['--pool', 'limited', '--rate', '2']);
    expect(capacityPerS).toBe(0.5);
    expect(report.failed).toBeGreaterThan(0);
    expect(targets[0].served).toBeLessThanOrEqual(30 * 3);
    expect(targets[0].throttled).toBe(0);
  });

  it('prints a table for people, with what is left out', async () => {
    const { out } = await simulate(['--pool', 'rescued', '--duration', '30s'], { columns: 80 });
    expect(out).toContain('rescued: round-robin\n');
    expect(out).toMatch(/^target {2}weight {4}share {2}expected {2}served {2}errors/m);
    expect(out).toMatch(/^first token p95 +[\d.]+ m?s$/m);
    expect(out).toContain('Not simulated: rescue: a stream that breaks off is not gone on with;');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('shows how far several seeds spread', async () => {
    const { out } = await simulate(['--pool', 'chat', '--duration', '1m', '--seed', '1,2,3']);
    expect(out).toContain('seeds 1, 2, 3');
    expect(out).toMatch(/^ +median +least +most$/m);
    const [, median, least, most] = /^requests +(\d+) +(\d+) +(\d+)$/m.exec(out)!.map(Number);
    expect(least).toBeLessThan(median!);
    expect(median).toBeLessThan(most!);
  });

  it('simulates each pool by itself, and draws each into a file of its own', async () => {
    const plot = join(folder, 'run.svg');
    const { code, out, error } = await simulate(['--duration', '10s', '--plot', plot]);
    expect(code).toBe(0);
    for (const name of Object.keys(fleet.pools)) {
      expect(out).toMatch(new RegExp(`^${name}: `, 'm'));
      const file = join(folder, `run-${name}.svg`);
      expect(error).toContain(file);
      expect(await readFile(file, 'utf8')).toMatch(/^<svg /);
    }
    expect(out).toContain('the traffic of failing on shared targets');
  });

  it('draws a progress bar on a terminal, and takes it away; never with --json', async () => {
    const args = ['--pool', 'chat', '--duration', '30m'];
    const { error } = await simulate(args, { isTTY: true, columns: 80 });
    expect(error).toMatch(/^\r.*█?░+ +\d+ % {2}chat, seed 1/);
    expect(error.endsWith('\r\u001B[K')).toBe(true);
    expect((await simulate([...args, '--json'], { isTTY: true })).error).toBe('');
    expect((await simulate(args)).error).toBe('');
  });

  it.each([
    [['--rate', '0'], '--rate must be requests such as 10, 10/s or 600/m, > 0, got "0"'],
    [['--seed', '1,x'], '--seed must be integers from 0 to 4294967295, separated by commas, got'],
    [['--duration', '10'], '--duration must be a time such as'],
    [['--pool', 'chta'], 'there is no pool chta (did you mean "chat"?)'],
    [['--fault', 'a: hagn 1m..2m'], '  a: hagn 1m..2m\n     ^^^^\n'],
    [
      ['--pool', 'single', '--fault', 'a: hang'],
      'there is no target a; there are slow, and * for all',
    ],
  ])('refuses %j', async (args, message) => {
    const { code, out, error } = await simulate(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(error).toContain(message);
  });

  it('ends with 1 when the plot cannot be written', async () => {
    const plot = join(folder, 'none', 'run.svg');
    const { code, error } = await simulate(['--pool', 'chat', '--duration', '10s', '--plot', plot]);
    expect(code).toBe(1);
    expect(error).toContain('ENOENT');
  });
});
