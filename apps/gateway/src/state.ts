import { randomBytes } from 'node:crypto';

import type { Logger } from 'pino';

import type { Admin } from './admin/admin.ts';
import type { ClientDirectory } from './client-directory.ts';
import type { PoolMetrics } from './metrics.ts';
import type { Owners } from './openai/owners.ts';
import type { PoolDirectory } from './pool-directory.ts';
import { ServedCalls } from './served-calls.ts';

/** What all requests to a gateway share. */
export class GatewayState {
  /** What is served now; requests under way may be on pools that were replaced since. */
  directory: PoolDirectory;
  /** Who may ask; undefined where everyone may. */
  clients: ClientDirectory | undefined;
  maxBodyBytes: number;
  /** Names in lower case that lead here, besides the addresses listened on. */
  hosts: readonly string[];
  readonly log: Logger;
  /** Which targets keep what answers were about. */
  readonly owners: Owners;
  /** What `/admin/*` works with; undefined where there is no such path. */
  readonly admin: Admin | undefined;
  /** Undefined where they are not wanted. */
  readonly metrics: PoolMetrics | undefined;
  readonly served: ServedCalls = new ServedCalls();
  /** Whether the gateway is going away: it serves what it has and takes nothing new. */
  isDraining = false;
  readonly #prefix = randomBytes(4).toString('hex');
  #requests = 0;

  constructor(
    directory: PoolDirectory,
    clients: ClientDirectory | undefined,
    maxBodyBytes: number,
    hosts: readonly string[],
    log: Logger,
    metrics: PoolMetrics | undefined,
    admin: Admin | undefined,
    owners: Owners,
  ) {
    this.directory = directory;
    this.clients = clients;
    this.maxBodyBytes = maxBodyBytes;
    this.hosts = hosts;
    this.log = log;
    this.metrics = metrics;
    this.admin = admin;
    this.owners = owners;
  }

  /** A name for one request, unlike those of other processes: `5f2c91aa-17`. */
  nextRequestId(): string {
    this.#requests++;
    return `${this.#prefix}-${this.#requests}`;
  }
}
