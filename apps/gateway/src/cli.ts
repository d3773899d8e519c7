#!/usr/bin/env node
import { runCommandLine } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { Terminal } from './terminal/terminal.ts';

const { env, stdin, stdout, stderr } = process;

// Whoever reads what is printed may have enough of it, as `head` does.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? ExitCode.done : ExitCode.failed);
});

// Connections of clients that keep them open must not keep the process.
process.exit(
  await runCommandLine(process.argv.slice(2), new Terminal({ env, stdin, stdout, stderr })),
);
