import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { it } from 'vitest';

const hasPrometheus = ['prometheus', 'promtool'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
);

/** A test that needs Prometheus: without it, reported as skipped with what would run it. */
export function itWithPrometheus(title: string, test: () => void | Promise<void>): void {
  if (hasPrometheus) {
    it(title, test);
    return;
  }
  const reason = 'needs prometheus: apt-get install prometheus';
  // The usual report of vitest names no skipped test.
  console.warn(`Skipped: ${title}: ${reason}`);
  it.skip(`${title} (${reason})`, test);
}

/** One value of the answer to a query, with its labels. */
export interface Measured {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [atSeconds: number, value: string];
}

/** A Prometheus on a free port of loopback that scrapes one gateway, ten times a second. */
export class PrometheusServer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'plimsoll-prometheus-'));
  #process: ChildProcess | undefined;
  #url = '';

  async start(scraped: string, rules: string): Promise<void> {
    const config = join(this.#folder, 'prometheus.yaml');
    const settings = {
      global: { scrape_interval: '100ms', scrape_timeout: '100ms', evaluation_interval: '100ms' },
      rule_files: [rules],
      scrape_configs: [
        { job_name: 'plimsoll', static_configs: [{ targets: [new URL(scraped).host] }] },
      ],
    };
    // JSON is YAML.
    writeFileSync(config, JSON.stringify(settings));
    this.#process = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(this.#folder, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    for await (const chunk of this.#process.stderr!.setEncoding('utf8').iterator({
      destroyOnReturn: false,
    })) {
      said += String(chunk);
      const [, address] = /msg="Listening on" address=(\S+)/.exec(said) ?? [];
      if (address === undefined) continue;
      this.#url = `http://${address}`;
      this.#process.stderr!.resume();
      return;
    }
    throw new Error(`prometheus did not start: ${said}`);
  }

  /** What PromQL says now; rejects on a query that is wrong. */
  async query(expression: string): Promise<readonly Measured[]> {
    const query = new URLSearchParams({ query: expression });
    const response = await fetch(`${this.#url}/api/v1/query?${query}`);
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data?: { result: Measured[] };
    };
    if (status !== 'success' || data === undefined) throw new Error(`${expression}: ${error}`);
    return data.result;
  }

  /** Asks until there is an answer: the next scrape has it. */
  async until(expression: string): Promise<readonly Measured[]> {
    for (;;) {
      const found = await this.query(expression);
      if (found.length > 0) return found;
      await wait(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process?.exitCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    rmSync(this.#folder, { recursive: true });
  }
}
