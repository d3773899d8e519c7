import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Logger } from 'pino';

import type { Admin } from './admin/admin.ts';
import type { ClientDirectory } from './client-directory.ts';
import { Exchange } from './exchange.ts';
import { logDropped } from './dropped.ts';
import { type Exporter, PoolMetrics } from './metrics.ts';
import { Owners } from './openai/owners.ts';
import { PoolDirectory, type ServedPool } from './pool-directory.ts';
import { badRequest } from './openai-error.ts';
import { inTurn } from './pipeline.ts';
import { route } from './routes.ts';
import { slowReaderLimit, STALL_MS } from './slow-reader.ts';
import { GatewayState } from './state.ts';

/** Clients send some twenty. Each one costs time to read, and no name may stand where it is dropped unseen. */
const MOST_HEADERS = 100;

const tooManyHeaders = badRequest(
  431,
  'too_many_headers',
  `A request may have ${MOST_HEADERS} headers.`,
  { headers: ['connection', 'close'] },
);

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly pools: readonly ServedPool[];
  /** Who may ask. @defaultValue everyone */
  readonly clients?: ClientDirectory | undefined;
  /** Largest request body, in bytes. */
  readonly maxBodyBytes: number;
  /** Connections at the same time; more are closed as they come. @defaultValue no bound */
  readonly maxConnections?: number | undefined;
  /** Names in lower case that lead here, besides the addresses listened on. @defaultValue none */
  readonly hosts?: readonly string[] | undefined;
  readonly log: Logger;
  /** What `/admin/*` works with. @defaultValue there is no such path */
  readonly admin?: Admin | undefined;
  /** Which targets keep what answers were about. @defaultValue ones that nobody else knows */
  readonly owners?: Owners | undefined;
  /** Where metrics are told. @defaultValue nowhere */
  readonly exporter?: Exporter | undefined;
  /** What `/metrics` asks for. @defaultValue nothing */
  readonly metricsToken?: string | undefined;
  /** Milliseconds a client has for a request's headers. @defaultValue 10000 */
  readonly headersTimeoutMs?: number;
  /** Milliseconds a client has for a whole request, body included. @defaultValue 60000 */
  readonly requestTimeoutMs?: number;
  /** Milliseconds a client may take nothing of a complete answer. @defaultValue 30000 */
  readonly stallMs?: number;
}

/** An HTTP server in front of pools. */
export class Gateway {
  readonly #state: GatewayState;
  readonly #server: Server;
  readonly #leaveSlowReader: ReturnType<typeof slowReaderLimit>;

  constructor(options: GatewayOptions) {
    const {
      pools,
      clients,
      maxBodyBytes,
      hosts = [],
      log,
      exporter,
      metricsToken,
      admin,
      owners = new Owners(),
      headersTimeoutMs = 10_000,
      requestTimeoutMs = 60_000,
      stallMs = STALL_MS,
      maxConnections = Infinity,
    } = options;
    const metrics = exporter && new PoolMetrics(exporter, metricsToken);
    metrics?.follow(pools);
    const directory = new PoolDirectory(pools);
    this.#state = new GatewayState(
      directory,
      clients,
      maxBodyBytes,
      hosts,
      log,
      metrics,
      admin,
      owners,
    );
    const limits = {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(headersTimeoutMs, 1000),
      maxHeaderSize: 16_384,
      // Longer than the idle limit of the usual load balancers in front, so that it is they who close.
      keepAliveTimeout: 65_000,
      // Whatever NODE_OPTIONS says: what a proxy in front reads as one request must not be two here.
      insecureHTTPParser: false,
    };
    this.#leaveSlowReader = slowReaderLimit(stallMs);
    this.#server = createServer(limits, (req, res) =>
      inTurn(req, res, () => this.#serve(req, res)),
    );
    this.#server.maxConnections = maxConnections;
    logDropped(this.#server, log);
  }

  /** Serves these pools to these clients from now on; requests under way end where they are. */
  use(
    served: Pick<GatewayOptions, 'pools' | 'clients' | 'maxBodyBytes' | 'maxConnections' | 'hosts'>,
  ): void {
    const { pools, clients, maxBodyBytes, maxConnections = Infinity, hosts = [] } = served;
    this.#server.maxConnections = maxConnections;
    this.#state.directory = new PoolDirectory(pools);
    this.#state.clients = clients;
    this.#state.maxBodyBytes = maxBodyBytes;
    this.#state.hosts = hosts;
    this.#state.metrics?.follow(pools);
  }

  /** Starts to accept connections; rejects when the address cannot be had. */
  listen(port: number, host: string): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /**
   * Accepts no more connections and refuses new requests on those there are; resolves when what was under way has
   * ended, after `graceMs` at the latest.
   */
  async drain(graceMs: number): Promise<void> {
    this.#state.isDraining = true;
    this.#state.admin?.feed.close();
    this.#state.admin?.watches.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // A kept connection becomes idle only when its last answer is written, and Node looks for idle ones just once.
    const idle = setInterval(() => this.#server.closeIdleConnections(), 20);
    const bound = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await Promise.all([
      closed,
      ...this.#state.directory.pools.map(({ balancer }) => balancer.close(graceMs)),
    ]);
    clearInterval(idle);
    clearTimeout(bound);
  }

  #serve(req: IncomingMessage, res: ServerResponse): void {
    const exchange = new Exchange(this.#state, req, res);
    res.on('prefinish', this.#leaveSlowReader);
    try {
      if (req.rawHeaders.length > 2 * MOST_HEADERS) exchange.answerError(tooManyHeaders);
      else route(exchange);
    } catch (error) {
      exchange.answerFault(error);
    }
  }
}
