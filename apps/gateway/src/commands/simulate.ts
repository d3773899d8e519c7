import { writeFile } from 'node:fs/promises';

import { type Config, formatProblem, oneOf, type PoolConfig, suggestion } from '@plimsoll/config';
import { reportPlot } from '@plimsoll/simulator';

import { judge } from '../check/judge.ts';
import { compose, strategyMaker } from '../compose.ts';
import { ExitCode } from '../exit-code.ts';
import { readSettings, type Settings } from '../settings.ts';
import { FAULT_FORMS, readFault } from '../simulate/fault-text.ts';
import { type PoolRun, runPool } from '../simulate/run-pool.ts';
import { runsText, type SimulatedPool } from '../simulate/runs-text.ts';
import { type Assumptions, simulationOf, USUAL } from '../simulate/simulation-of.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { command, jsonOption, type Values } from './command.ts';
import { UsageError } from './usage-error.ts';
import { configOption, readCount, readDuration, reader, readFileName } from './values.ts';

const options = {
  config: configOption,
  pool: { type: 'string', value: 'POOL', help: 'only this pool', usually: 'each by itself' },
  rate: {
    type: 'string',
    value: 'RATE',
    help: 'requests: 10 or 10/s, 600/m',
    usually: `${USUAL.ratePerS}/s`,
  },
  duration: { type: 'string', value: 'TIME', help: 'simulated time', usually: '10m' },
  seed: {
    type: 'string',
    value: 'N,…',
    help: 'seeds of chance; with several, how far results spread',
    usually: '1',
  },
  fault: {
    type: 'string',
    multiple: true,
    value: 'FAULT',
    help: 'what goes wrong, such as "a: brown-out 10% 2m..4m"; may stand several times',
  },
  speed: {
    type: 'string',
    value: 'N',
    help: 'tokens per second of one answer, of targets that are not `simulated`',
    usually: String(USUAL.streamTokensPerS),
  },
  streams: {
    type: 'string',
    value: 'N',
    help: 'answers such a target gives at that speed at once; more share it',
    usually: String(USUAL.streams),
  },
  users: { type: 'string', value: 'N', help: 'callers', usually: String(USUAL.users) },
  plot: { type: 'string', value: 'FILE.svg', help: 'draw latency and shares over time' },
  json: jsonOption,
} as const;

export const simulateCommand = command({
  name: 'simulate',
  argument: 'FILE',
  summary: 'try a configuration under synthetic traffic and faults',
  description: [
    'Runs the pools of a configuration under synthetic traffic: the real engine with the strategies, weights, limits, ' +
      'retries, hedges, queue, health and prices of the file, over simulated servers, under a clock that jumps from ' +
      'event to event. No provider is asked. Equal seeds give equal figures.',
    'Requests come at random (Poisson), as streams, with the lengths of conversations (median 1,020 tokens in, 129 ' +
      'out). A few of the callers send most, each with a hash key of its own, from the regions that the targets are ' +
      'in. A target answers with --speed tokens per second, slower when more than --streams run at once; its first ' +
      'token comes after 0.3 s and one second per 4,000 tokens of prompt. Targets of the provider `simulated` have ' +
      'the speed, errors and limits they state. Providers enforce the rpm and tpm of the file by 429.',
    `Faults: ${Object.values(FAULT_FORMS).join(' · ')}. Times count from the start; either end may be left out. The ` +
      'target * is all of them.',
  ],
  options,
  examples: [
    'simulate plimsoll.yaml',
    'simulate plimsoll.yaml --rate 20 --fault "openai-1: brown-out 2m..4m" --plot run.svg',
    'simulate plimsoll.yaml --seed 1,2,3 --fault "*: 429 50% 5s 1m..2m" --json',
  ],
  exitCodes: {
    [ExitCode.failed]: 'the plot could not be written',
    [ExitCode.configuration]: 'the configuration is wrong',
  },
  async run({ values, argument }, terminal) {
    const assumptions: Assumptions = {
      ratePerS: readRate('--rate', values.rate) ?? USUAL.ratePerS,
      durationS: (readDuration('--duration', values.duration) ?? USUAL.durationS * 1000) / 1000,
      streamTokensPerS: readCount('--speed', values.speed) ?? USUAL.streamTokensPerS,
      streams: readCount('--streams', values.streams) ?? USUAL.streams,
      users: readCount('--users', values.users) ?? USUAL.users,
    };
    const seeds = readSeeds('--seed', values.seed) ?? [1];
    const file = readFileName('simulate', values, argument);
    let settings: Settings;
    try {
      settings = await readSettings(file, terminal.env);
    } catch (error) {
      terminal.complain(`plimsoll: ${(error as Error).message}`);
      return ExitCode.usage;
    }
    const { errors } = await judge(settings);
    if (errors.length > 0) {
      for (const error of errors) {
        terminal.complain(`${terminal.paintError('red', 'error:')} ${formatProblem(error)}`);
      }
      return ExitCode.configuration;
    }
    const simulated = await simulateAll(settings, values, assumptions, seeds, terminal);
    if (values.json === true) terminal.printJson({ pools: simulated });
    else {
      const texts = simulated.map((one) => runsText(one, terminal).join('\n'));
      terminal.print(texts.join('\n\n'));
    }
    return values.plot === undefined ? ExitCode.done : writePlots(values.plot, simulated, terminal);
  },
});

async function simulateAll(
  { config, folder }: Settings,
  values: Values<typeof options>,
  assumptions: Assumptions,
  seeds: readonly number[],
  terminal: Terminal,
): Promise<SimulatedPool[]> {
  const pools = poolsOf(config!, values.pool);
  const { ratePerS, durationS } = assumptions;
  const ids = [...new Set(pools.flatMap(({ targets }) => targets))];
  const faults = (values.fault ?? []).map((text) => readFault(text, ids, durationS));
  const maker = strategyMaker(folder);
  const composition = await compose(config!, folder);
  const bar = new ProgressBar(terminal, { isQuiet: values.json === true });
  const total = pools.length * seeds.length;
  const simulated: SimulatedPool[] = [];
  try {
    let done = 0;
    for (const pool of pools) {
      const strategy = await maker.make(pool.strategy);
      const parts = { composition, strategy, faults };
      const simulation = simulationOf(config!, pool, parts, assumptions);
      const runs: PoolRun[] = [];
      for (const seed of seeds) {
        const label = `${pool.name}, seed ${seed}`;
        const onProgress = (ratio: number): void => bar.show((done + ratio) / total, label);
        runs.push(await runPool(simulation, seed, onProgress));
        done++;
      }
      const { capacityPerS, leftOut } = simulation;
      simulated.push({
        pool: pool.name,
        strategy: pool.strategy.use,
        ratePerS,
        durationS,
        capacityPerS,
        faults: faults
          .filter(({ targets }) => targets.some((id) => pool.targets.includes(id)))
          .map(({ text }) => text),
        leftOut,
        runs,
      });
    }
  } finally {
    bar.clear();
    await composition.close();
  }
  return simulated;
}

function poolsOf({ pools }: Config, name: string | undefined): readonly PoolConfig[] {
  if (name === undefined) return pools;
  const pool = pools.find((one) => one.name === name);
  if (pool !== undefined) return [pool];
  const names = pools.map((one) => one.name);
  throw new UsageError(
    `there is no pool ${name}${suggestion(name, names) || `; there are ${oneOf(names)}`}`,
  );
}

/** Draws the first run of each pool; of several pools each has a file of its own. */
async function writePlots(
  file: string,
  simulated: readonly SimulatedPool[],
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    for (const { pool, runs } of simulated) {
      const name =
        simulated.length === 1
          ? file
          : file.replace(/(?:\.svg)?$/i, `-${pool.replaceAll(/[^\w.-]/g, '_')}.svg`);
      await writeFile(name, reportPlot(runs[0]!.report));
      terminal.complain(`${name} shows seed ${runs[0]!.seed} over time`);
    }
    return ExitCode.done;
  } catch (error) {
    terminal.complain(`plimsoll: ${(error as Error).message}`);
    return ExitCode.failed;
  }
}

const readRate = reader('requests such as 10, 10/s or 600/m, > 0', (text) => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(?:\/([sm]))?$/.exec(text) ?? [];
  const perS = Number(number) / (unit === 'm' ? 60 : 1);
  return perS > 0 ? perS : undefined;
});

const readSeeds = reader('integers from 0 to 4294967295, separated by commas', (text) => {
  const seeds = text.split(',').map((one) => (/^\d{1,10}$/.test(one) ? Number(one) : Number.NaN));
  return seeds.every((seed) => seed < 2 ** 32) ? [...new Set(seeds)] : undefined;
});
