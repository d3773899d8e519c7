import { readFile } from 'node:fs/promises';

import { formatProblem } from '@plimsoll/config';

import { AdminClientError } from '../admin-client.ts';
import { judge } from '../check/judge.ts';
import { ExitCode } from '../exit-code.ts';
import { askConfiguration } from '../explain/ask-configuration.ts';
import { askGateway, poolsOf } from '../explain/ask-gateway.ts';
import { explainedText } from '../explain/explained-text.ts';
import type { Explained } from '../explain/facts.ts';
import { HELLO, type Question } from '../explain/question.ts';
import { reasonInWords } from '../explain/reason-words.ts';
import { readSettings, type Settings } from '../settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { command, jsonOption, type Values } from './command.ts';
import { gatewayAt, tokenOption, USUAL_URL } from './gateway-option.ts';
import { UsageError } from './usage-error.ts';
import { configOption, readFileName } from './values.ts';

const options = {
  config: configOption,
  url: {
    type: 'string',
    value: 'URL',
    help: `ask the gateway that runs there, such as ${USUAL_URL}, instead of a configuration`,
  },
  token: tokenOption,
  pool: { type: 'string', value: 'POOL', help: 'the pool', usually: 'the only one' },
  model: {
    type: 'string',
    value: 'MODEL',
    help: 'what the client writes as `model`: a pool, pool@target or a name that a pool answers to',
    usually: 'the pool',
  },
  key: { type: 'string', value: 'KEY', help: 'the key for consistent hashing (x-plimsoll-key)' },
  region: { type: 'string', value: 'REGION', help: 'where the user is (x-plimsoll-region)' },
  tags: { type: 'string', value: 'A,B', help: 'only targets with all of these (x-plimsoll-tags)' },
  header: {
    type: 'string',
    multiple: true,
    value: 'NAME:VALUE',
    help: 'another header of the request; may stand several times',
  },
  body: {
    type: 'string',
    value: 'FILE',
    help: 'the body of a chat completion, JSON; - reads it from stdin',
    usually: 'one message, "Hello"',
  },
  json: jsonOption,
} as const;

export const explainCommand = command({
  name: 'explain',
  argument: '[FILE]',
  summary: 'say which target a request would go to, and why',
  description: [
    'Says which target one request would go to, why not to the others, and what would be tried next if it failed. ' +
      'Nothing is sent and nothing changes.',
    'With a configuration the state is that of a gateway just started: nothing in flight, all quota free, all targets ' +
      'healthy. With --url a running gateway is asked, as it stands.',
    'Scores are what the strategy compares; which end wins depends on the strategy.',
  ],
  options,
  examples: [
    'explain plimsoll.yaml',
    'explain plimsoll.yaml --pool chat --key user-17 --tags eu',
    'explain plimsoll.yaml --model gpt-5-mini --body request.json --json',
    `explain --url ${USUAL_URL} --pool chat`,
  ],
  exitCodes: {
    [ExitCode.failed]: 'with --url: the gateway cannot be asked',
    [ExitCode.configuration]: 'the configuration is wrong',
    [ExitCode.unwell]: 'no target would serve the request',
  },
  async run({ values, argument }, terminal) {
    let explained: Explained | ExitCode;
    try {
      explained =
        values.url === undefined
          ? await explainFile(values, argument, terminal)
          : await explainGateway(values.url, values, argument, terminal);
    } catch (error) {
      if (!(error instanceof AdminClientError)) throw error;
      terminal.complain(`plimsoll: ${error.message}`);
      return ExitCode.failed;
    }
    if (typeof explained === 'number') return explained;
    const { explanation, pool } = explained;
    if (values.json === true) {
      terminal.printJson({
        ...explanation,
        candidates: explanation.candidates.map((candidate) => ({
          ...candidate,
          words: reasonInWords(
            candidate.reason,
            pool.targets.find(({ id }) => id === candidate.target),
          ),
        })),
      });
    } else {
      for (const line of explainedText(explained, terminal)) terminal.print(line);
    }
    return explanation.target === undefined ? ExitCode.unwell : ExitCode.done;
  },
});

type ExplainValues = Values<typeof options>;

async function explainFile(
  values: ExplainValues,
  argument: string | undefined,
  terminal: Terminal,
): Promise<Explained | ExitCode> {
  const file = readFileName('explain', values, argument);
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
  const names = settings.config!.pools.map(({ name }) => name);
  const question = await questionOf(values, names, terminal);
  const explained = await askConfiguration(settings, question);
  if (typeof explained === 'string') throw new UsageError(explained);
  return explained;
}

async function explainGateway(
  url: string,
  values: ExplainValues,
  argument: string | undefined,
  terminal: Terminal,
): Promise<Explained> {
  if (argument !== undefined || values.config !== undefined) {
    throw new UsageError('explain takes a configuration or --url, not both');
  }
  const client = gatewayAt(url, values.token, terminal);
  const question = await questionOf(values, await poolsOf(client), terminal);
  return askGateway(client, question);
}

async function questionOf(
  values: ExplainValues,
  pools: readonly string[],
  terminal: Terminal,
): Promise<Question> {
  const body = values.body === undefined ? HELLO : await readBody(values.body, terminal);
  const { model: stated } = body;
  const model = values.model ?? values.pool ?? (typeof stated === 'string' ? stated : undefined);
  const [only, ...others] = pools;
  if (model === undefined && (only === undefined || others.length > 0)) {
    throw new UsageError(`explain needs --pool; there are ${pools.join(', ')}`);
  }
  if (values.pool !== undefined && !pools.includes(values.pool)) {
    throw new UsageError(`there is no pool ${values.pool}; there are ${pools.join(', ')}`);
  }
  return { model: model ?? only!, body, headers: headersOf(values) };
}

function headersOf(values: ExplainValues): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const header of values.header ?? []) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(header) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--header must be NAME:VALUE, got ${JSON.stringify(header)}`);
    }
    headers[name.toLowerCase()] = value;
  }
  if (values.key !== undefined) headers['x-plimsoll-key'] = values.key;
  if (values.region !== undefined) headers['x-plimsoll-region'] = values.region;
  if (values.tags !== undefined) headers['x-plimsoll-tags'] = values.tags;
  return headers;
}

async function readBody(file: string, { stdin }: Terminal): Promise<Question['body']> {
  let text: string;
  try {
    text = file === '-' ? await textOf(stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--body: ${(error as Error).message}`);
  }
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
      return json as Question['body'];
    }
  } catch (error) {
    throw new UsageError(`--body is not JSON: ${(error as Error).message}`);
  }
  throw new UsageError('--body must be a JSON object, the body of a chat completion');
}

async function textOf(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stdin) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}
