import { formatProblem } from '@plimsoll/config';

import { judge } from '../check/judge.ts';
import { checkTargets, isWell, type TargetCheck } from '../check/live.ts';
import { targetTable } from '../check/target-table.ts';
import { compose } from '../compose.ts';
import { ExitCode } from '../exit-code.ts';
import { readSettings, type Settings } from '../settings.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { command, jsonOption } from './command.ts';
import { configOption, readDuration, readFileName } from './values.ts';

const TIMEOUT_MS = 10_000;

export const checkCommand = command({
  name: 'check',
  argument: 'FILE',
  summary: 'say whether a configuration is right, and whether its targets answer',
  description: [
    'Says whether a configuration is right: every error with its line and column and what is accepted there, and ' +
      'warnings of what is probably not meant, such as several keys that share one limit.',
    'With --live it also asks each provider for its list of models, which costs no tokens, and says which targets can ' +
      'be reached, in what time, whether the key is accepted, whether the model is in the list, and what the answer ' +
      'tells of limits.',
  ],
  options: {
    config: configOption,
    live: { type: 'boolean', help: 'ask the providers, too' },
    timeout: {
      type: 'string',
      value: 'TIME',
      help: 'how long one provider may take to answer',
      usually: '10s',
    },
    json: jsonOption,
  },
  examples: ['check plimsoll.yaml', 'check plimsoll.yaml --live --timeout 3s'],
  exitCodes: {
    [ExitCode.configuration]: 'the configuration is wrong',
    [ExitCode.unwell]: 'with --live: a target cannot be reached, or its key or model is refused',
  },
  async run({ values, argument }, terminal) {
    const file = readFileName('check', values, argument);
    const timeoutMs = readDuration('--timeout', values.timeout) ?? TIMEOUT_MS;
    let settings: Settings;
    try {
      settings = await readSettings(file, terminal.env);
    } catch (error) {
      terminal.complain(`plimsoll: ${(error as Error).message}`);
      return ExitCode.usage;
    }
    const judgement = await judge(settings);
    const { errors, warnings, pools } = judgement;
    const isJson = values.json === true;
    if (!isJson) {
      const { paintError } = terminal;
      for (const error of errors) {
        terminal.complain(`${paintError('red', 'error:')} ${formatProblem(error)}`);
      }
      for (const warning of warnings) {
        terminal.complain(`${paintError('yellow', 'warning:')} ${formatProblem(warning)}`);
      }
      const names = pools.map(({ name }) => name).join(', ');
      if (errors.length === 0) terminal.print(`${file} is right; its pools: ${names}`);
    }
    const isRight = errors.length === 0;
    const targets =
      values.live === true && isRight
        ? await checkLive(settings, timeoutMs, terminal, isJson)
        : undefined;
    const isLive = targets === undefined || targets.every(isWell);
    if (isJson) terminal.printJson({ ok: isRight && isLive, ...judgement, targets });
    else if (targets !== undefined)
      for (const line of targetTable(targets, terminal)) terminal.print(line);
    if (!isRight) return ExitCode.configuration;
    return isLive ? ExitCode.done : ExitCode.unwell;
  },
});

async function checkLive(
  settings: Settings,
  timeoutMs: number,
  terminal: Terminal,
  isJson: boolean,
): Promise<readonly TargetCheck[]> {
  const { config, folder } = settings;
  const composition = await compose(config!, folder);
  const bar = new ProgressBar(terminal, { isQuiet: isJson });
  try {
    return await checkTargets(config!.targets, composition, {
      timeoutMs,
      onProgress: (done, total) => bar.show(done / total, `${done} of ${total} providers asked`),
    });
  } finally {
    bar.clear();
    await composition.close();
  }
}
