import { type Config, loadConfig, type Problem, type TargetConfig } from '@plimsoll/config';

import { compose } from '../compose.ts';
import type { Composition } from '../composition.ts';
import { hostProblem } from '../loopback.ts';
import { problemOf, type Settings } from '../settings.ts';
import type { Difference } from './difference.ts';
import { fixedChanges } from './fixed.ts';

/** What became of a change: made whole, or not at all. */
export type Change =
  | {
      readonly isMade: true;
      readonly difference: Difference;
      readonly warnings: readonly Problem[];
    }
  | { readonly isMade: false; readonly problems: readonly Problem[] };

/** Options of `LiveConfig`. */
export interface LiveConfigOptions {
  readonly composition: Composition;
  /** Reads the configuration anew; rejects when its file cannot be read. */
  readonly read: () => Promise<Settings>;
  /** Where the gateway listens. */
  readonly host: string;
  /** Called when a change was made, before any request can meet it. */
  readonly onChange: (difference: Difference) => void;
  /** Called when the configuration was read anew: whether it was put to work. */
  readonly onReload: (isMade: boolean) => void;
}

/** The configuration at work, and the ways to change it: one change after another. */
export class LiveConfig {
  readonly #options: LiveConfigOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LiveConfigOptions) {
    this.#options = options;
  }

  /** What is at work. */
  get config(): Config {
    return this.#options.composition.config;
  }

  /** Makes the file what is at work; what was changed by other ways and is not in it goes. */
  reload(): Promise<Change> {
    return this.#inTurn(async () => {
      const change = await this.#reload();
      this.#options.onReload(change.isMade);
      return change;
    });
  }

  /**
   * Adds a target to a pool: one that other pools have by its id alone, a new one as the configuration writes it, except
   * that nothing of the environment is put in.
   */
  add(pool: string, written: Readonly<Record<string, unknown>>): Promise<Change> {
    return this.#inTurn(async () => {
      const { config } = this;
      const id = String(written['id']);
      const isMember = config.pools.some(
        ({ name, targets }) => name === pool && targets.includes(id),
      );
      if (isMember) return refused(problemAt('id', `the pool has a target ${id} already`));
      const isKnown = config.targets.some((target) => target.id === id);
      if (isKnown && Object.keys(written).length > 1) {
        const message = `other pools have a target ${id}; its id alone adds it to this one too`;
        return refused(problemAt('id', message));
      }
      const read = isKnown ? { targets: [] } : await readTarget(written);
      if ('problems' in read) return refused(...read.problems);
      const pools = config.pools.map((one) =>
        one.name === pool ? { ...one, targets: [...one.targets, id] } : one,
      );
      return this.#make({ ...config, pools, targets: [...config.targets, ...read.targets] });
    });
  }

  /** Takes a target out of a pool. Other pools keep it. */
  remove(pool: string, id: string): Promise<Change> {
    return this.#inTurn(async () => {
      const { config } = this;
      const pools = config.pools.map((one) =>
        one.name === pool ? { ...one, targets: one.targets.filter((other) => other !== id) } : one,
      );
      const isUsed = pools.some(({ targets }) => targets.includes(id));
      const targets = isUsed ? config.targets : config.targets.filter((target) => target.id !== id);
      return this.#make({ ...config, pools, targets });
    });
  }

  /** Sets a target's weight, in all pools that have it. */
  setWeight(id: string, weight: number): Promise<Change> {
    return this.#inTurn(async () => {
      const { config } = this;
      const targets = config.targets.map((target) =>
        target.id === id ? { ...target, weight } : target,
      );
      return this.#make({ ...config, targets });
    });
  }

  async #reload(): Promise<Change> {
    const settings = await this.#options.read().catch((error: unknown) => error as Error);
    if (settings instanceof Error) return refused(problemAt('', settings.message));
    const { config, folder } = settings;
    if (config === undefined) return refused(...settings.errors);
    const { errors, warnings } = await tried(config, folder);
    const remarks = [...errors, ...fixedChanges(this.config, config)];
    const found = remarks.map((remark) => problemOf(settings, remark));
    const unsafe = hostProblem(this.#options.host, config.clients !== undefined);
    if (unsafe !== undefined) found.push(settings.problem(['clients'], unsafe));
    if (found.length > 0) return refused(...found);
    const doubts = warnings.map((remark) => problemOf(settings, remark));
    return this.#make(config, [...settings.warnings, ...doubts]);
  }

  async #make(config: Config, warnings: readonly Problem[] = []): Promise<Change> {
    const found = await this.#options.composition.change(config);
    this.#options.onChange(found);
    return { isMade: true, difference: found, warnings };
  }

  #inTurn(change: () => Promise<Change>): Promise<Change> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function refused(...problems: readonly Problem[]): Change {
  return { isMade: false, problems };
}

/** A problem of a request, which has no lines. */
function problemAt(path: string, message: string): Problem {
  return { file: 'request', line: 1, column: 1, path, message };
}

/** What a configuration's plugins say of it, without putting it to work. */
async function tried(
  config: Config,
  folder: string,
): Promise<Pick<Composition, 'errors' | 'warnings'>> {
  const trial = await compose(config, folder);
  await trial.close();
  return trial;
}

/** The target, checked as one of a file is. */
async function readTarget(
  written: object,
): Promise<
  { readonly targets: readonly TargetConfig[] } | { readonly problems: readonly Problem[] }
> {
  const text = JSON.stringify({ pools: { request: { targets: [written] } } });
  const { config, errors } = loadConfig(text, { env: {}, file: 'request' });
  if (config === undefined) {
    const prefix = /^pools\.request\.targets\[0\]\.?/;
    return { problems: errors.map((one) => ({ ...one, path: one.path.replace(prefix, '') })) };
  }
  const trial = await tried(config, '.');
  return trial.errors.length > 0
    ? { problems: trial.errors.map(({ message }) => problemAt('', message)) }
    : { targets: config.targets };
}
