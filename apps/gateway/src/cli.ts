#!/usr/bin/env node
import { check } from './check.ts';
import { type Command, help, readCommand } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { serve } from './serve.ts';

async function main(): Promise<ExitCode> {
  let command: Command;
  try {
    command = readCommand(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`plimsoll: ${(error as Error).message}\n\n${help}`);
    return ExitCode.usage;
  }
  switch (command.name) {
    case 'help':
      console.log(help);
      return ExitCode.done;
    case 'check':
      return check(command, process.env);
    case 'serve':
      return serve(command, process.env);
  }
}

// Connections of clients that keep them open must not keep the process.
process.exit(await main());
