import { ExitCode } from '../exit-code.ts';
import { serve } from '../serve.ts';
import { command } from './command.ts';
import { configOption, readPort } from './values.ts';

export const serveCommand = command({
  name: 'serve',
  argument: '',
  summary: 'answer requests',
  description: [
    'Answers requests in the form of OpenAI’s API and spreads them over the targets of the configuration. Without one it takes the provider keys that are in the environment (OPENAI_API_KEY, GROQ_API_KEY and others), and without any of them three simulated targets.',
    'The file is read again when it changes and on SIGHUP. SIGTERM and SIGINT let streams under way end, for at most 30 s; a second signal ends them. The log goes to stderr as JSON lines.',
  ],
  options: {
    config: { ...configOption, usually: 'keys in the environment' },
    port: {
      type: 'string',
      short: 'p',
      value: 'PORT',
      help: 'where to listen, 0 for any free port; also PLIMSOLL_PORT',
      usually: 'the configuration’s, or 8787',
    },
    host: {
      type: 'string',
      value: 'HOST',
      help: 'the address to listen on',
      usually: 'the configuration’s, or 127.0.0.1',
    },
    json: { type: 'boolean', help: 'say where it listens, and the admin token, as a line of JSON' },
  },
  examples: ['serve', 'serve --config plimsoll.yaml --port 9000'],
  exitCodes: {
    [ExitCode.failed]: 'could not start: the address is taken, or the store cannot be opened',
    [ExitCode.configuration]: 'wrong configuration',
  },
  run: ({ values }, { env }) => {
    const { PLIMSOLL_PORT: fromEnv } = env;
    const port = readPort('--port', values.port) ?? readPort('PLIMSOLL_PORT', fromEnv || undefined);
    const isJson = values.json === true;
    return serve({ config: values.config, port, host: values.host, isJson }, env);
  },
});
