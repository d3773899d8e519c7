import type { AddressInfo } from 'node:net';

import { type Environment, formatProblem, type Problem } from '@plimsoll/config';
import type { Logger } from 'pino';

import { assemble } from './assemble.ts';
import { banner, bannerJson } from './banner.ts';
import { makeToken } from './bearer-token.ts';
import { compose, exporterOf } from './compose.ts';
import type { Composition } from './composition.ts';
import { endOnFault } from './crash.ts';
import { Page } from './dashboard/page.ts';
import { ExitCode } from './exit-code.ts';
import { logEvents } from './log-events.ts';
import { followChanges } from './live/follow-changes.ts';
import { createLog } from './log.ts';
import { hostProblem, isLoopback } from './loopback.ts';
import { problemOf, readSettings, type Settings } from './settings.ts';
import { nextSignal } from './signals.ts';
import { logTrouble } from './trouble.ts';

/** How long streams may go on after the signal to stop, in milliseconds. */
const GRACE_MS = 30_000;

/** How long they may go on after a fault that nobody caught, in milliseconds. */
const FAULT_GRACE_MS = 5_000;

/** What the command line says. */
export interface ServeOptions {
  readonly config: string | undefined;
  /** Overrides the configuration's. */
  readonly port: number | undefined;
  /** Overrides the configuration's. */
  readonly host: string | undefined;
  /** Whether where it listens is told as JSON, for scripts. */
  readonly isJson: boolean;
}

/** `plimsoll serve`: answers requests until it is told to stop. */
export async function serve(command: ServeOptions, env: Environment): Promise<ExitCode> {
  let settings: Settings;
  try {
    settings = await readSettings(command.config, env);
  } catch (error) {
    console.error(`plimsoll: ${(error as Error).message}`);
    return ExitCode.usage;
  }
  const { config, folder, problem } = settings;
  if (config === undefined) return refuse(settings.errors);
  const composition = await compose(config, folder);
  if (composition.errors.length > 0) {
    return refuse(composition.errors.map((remark) => problemOf(settings, remark)));
  }
  const host = command.host ?? config.server.host;
  const refused = hostProblem(host, config.clients !== undefined);
  if (refused !== undefined) {
    if (command.host === undefined) return refuse([problem(['server', 'host'], refused)]);
    console.error(`plimsoll: --host: ${refused}`);
    return ExitCode.usage;
  }
  const log = createLog(config.log.level);
  const warnings = composition.warnings.map((remark) => problemOf(settings, remark));
  for (const warning of [...settings.warnings, ...warnings]) log.warn(formatProblem(warning));
  const port = command.port ?? config.server.port;
  const read = (): Promise<Settings> => readSettings(command.config, env);
  return run({ composition, settings, read, port, host, isJson: command.isJson, log });
}

function refuse(errors: readonly Problem[]): ExitCode {
  for (const error of errors) console.error(`error: ${formatProblem(error)}`);
  return ExitCode.configuration;
}

interface Run {
  readonly composition: Composition;
  readonly settings: Settings;
  readonly read: () => Promise<Settings>;
  readonly port: number;
  readonly host: string;
  readonly isJson: boolean;
  readonly log: Logger;
}

async function run({
  composition,
  settings,
  read,
  port,
  host,
  isJson,
  log,
}: Run): Promise<ExitCode> {
  const { pools, clients, config } = composition;
  const onUnsent = logTrouble(log, 'the metrics are not sent; trying again');
  const exporter = await exporterOf(config, onUnsent);
  const onStoreError = logTrouble(log, 'the state is not saved or shared; trying again');
  try {
    await composition.connect((error) => {
      exporter?.onStoreError();
      onStoreError(error);
    });
  } catch (error) {
    console.error(`plimsoll: ${(error as Error).message}`);
    return ExitCode.failed;
  }
  const { adminToken } = config.server;
  // A token made here is printed, so it is for whoever sits at this machine only.
  const token = adminToken ?? (isLoopback(host) ? makeToken() : undefined);
  const page = await Page.load();
  const { gateway, live } = assemble({ composition, read, host, log, exporter, token, page });
  let address: AddressInfo;
  try {
    address = await gateway.listen(port, host);
  } catch (error) {
    console.error(`plimsoll: cannot listen on ${host}:${port}: ${(error as Error).message}`);
    await composition.close();
    return ExitCode.failed;
  }
  for (const { balancer } of pools) logEvents(balancer, log);
  const stopFollowing = followChanges(live, settings.source, log);
  const made = adminToken === undefined ? token : undefined;
  console.log(
    isJson
      ? bannerJson(pools, host, address.port, made)
      : banner(
          pools,
          settings.origin,
          host,
          address.port,
          clients !== undefined,
          made,
          token !== undefined,
        ),
  );

  const stop = async (graceMs: number): Promise<void> => {
    stopFollowing();
    await gateway.drain(graceMs);
    await exporter?.close();
    await composition.close();
  };
  endOnFault(log, () => stop(FAULT_GRACE_MS));
  const signal = await nextSignal();
  void nextSignal().then(() => process.exit(ExitCode.done));
  log.info({ signal, graceMs: GRACE_MS }, 'stopping: requests under way may end');
  await stop(GRACE_MS);
  log.info('stopped');
  return ExitCode.done;
}
