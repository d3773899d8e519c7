import { z } from 'zod';

import {
  count,
  duration,
  flag,
  httpAddress,
  integer,
  list,
  object,
  optional,
  required,
  oneForm,
  text,
} from './fields.ts';
import { pool } from './pool-schema.ts';
import { groupLimits, spending, target } from './target-schema.ts';

const isSchema = 'the address of a JSON Schema';
const isPools = 'a mapping of at least one pool, by name';
const isGroups = 'a mapping of limits, by the name of a quota group';
const isHash = 'the SHA-256 of the key in hex: 64 digits';
const isState = 'sqlite, or a mapping with either sqlite: PATH or redis: URL';
const isRedisUrl = 'an address that begins with redis:// or rediss://';
const redisUrl = z.string({ error: isRedisUrl }).regex(/^rediss?:\/\/./, { error: isRedisUrl });

const isAdminToken =
  'a text of visible ASCII characters, or an empty one for a token made at start';
const isMetricsToken = 'a text of visible ASCII characters, or an empty one for none';
const token = (accepted: string) =>
  z.string({ error: accepted }).regex(/^[!-~]*$/, { error: accepted });

const isHostName = 'a host name or an address, without scheme and port';
const hostName = z.string({ error: isHostName }).regex(/^[^\s/@[\]]+$/, { error: isHostName });

const isEndpoint = 'an address that begins with http:// or https://, such as http://127.0.0.1:4318';
const isHeaders = 'a mapping from names of headers to texts';
const isHeader = 'a text on one line';
const isHeaderName = /^[\w!#$%&'*+.^`|~-]+$/;

const client = object({
  id: required(
    text("the client's name, unique in the file"),
    'The name of the client, unique in the file.',
  ),
  keySha256: required(
    z.string({ error: isHash }).regex(/^[\da-f]{64}$/i, { error: isHash }),
    'SHA-256 of its key, in hex.',
  ),
  tenant: optional(
    text('the name of a tenant'),
    'Whose turns its requests take where requests wait; by default its own.',
  ),
  pools: optional(
    list(text('the name of a pool'), 'a list of names of pools'),
    'Names of the pools it may use; by default all.',
  ),
  priority: optional(
    integer('an integer from 0 to 3', { min: 0, max: 3 }),
    'The highest priority its requests may have; higher is sooner.',
    { default: 0 },
  ),
  may: optional(
    list(z.enum(['pin', 'explain', 'region']), 'a list of pin, explain and region'),
    'What it may decide: the target, explanations, the region.',
    { default: [] },
  ),
  budget: optional(spending, 'What it may spend.'),
  limits: optional(
    object({
      rpm: optional(
        integer('an integer from 1 to 100000', { min: 1, max: 100_000 }),
        'Requests in any 60 s.',
      ),
      concurrency: optional(count, 'Requests under way at the same time.'),
    }),
    'What it may ask of one gateway.',
  ),
});

/** The configuration as it stands in the file. */
export const fileSchema = object({
  targets: optional(list(target, 'a list of targets'), 'Targets that pools name by their ids.'),
  quotaGroups: optional(
    z.record(z.string(), groupLimits, { error: isGroups }),
    'Limits that targets share, by name.',
    { examples: [{ 'org-a': { rpm: 3000, tpm: 2000000 } }] },
  ),
  pools: required(
    z
      .record(z.string(), pool, { error: isPools })
      .refine((pools) => Object.keys(pools).length > 0, { error: isPools }),
    'What clients ask for as `model`: by name, or by a pattern such as `gpt-*`.',
  ),
  clients: optional(
    list(client, 'a list of at least one client'),
    'Who may ask. Without it everyone on this machine may, and no one else.',
  ),
  budgets: optional(spending, 'What everything together may spend.', {
    examples: [{ usdPerMonth: 2000 }],
  }),
  prices: optional(
    z.enum(['stated', 'table']),
    'Whether prices that targets do not state come from the table that is kept with this version.',
    { default: 'stated' },
  ),
  server: optional(
    object({
      host: optional(text('a host name or an address'), 'The address to listen on.', {
        default: '127.0.0.1',
      }),
      port: optional(
        integer('a port, 0 to 65535', { min: 0, max: 65_535 }),
        'The port to listen on; 0 is any free one.',
        { default: 8787 },
      ),
      maxBodyBytes: optional(integer('a number of bytes, >= 1', { min: 1 }), 'Largest request.', {
        default: 33554432,
      }),
      maxConnections: optional(
        integer('a number of connections, >= 1', { min: 1 }),
        'Connections at the same time; more are closed as they come.',
        { default: 10000 },
      ),
      admin: optional(
        object({
          token: optional(
            token(isAdminToken),
            'What the admin API asks for; made and printed at start where absent or empty.',
            { examples: ['${PLIMSOLL_ADMIN_TOKEN:-}'] },
          ),
          hosts: optional(
            list(hostName, 'a list of host names'),
            'Names that lead here, besides the addresses listened on.',
            { default: [], examples: [['llm.example.com']] },
          ),
        }),
        'The admin API and the dashboard.',
      ),
    }),
    'Where requests come in.',
  ),
  state: optional(
    oneForm(isState, [
      z.literal('sqlite'),
      object({
        sqlite: optional(
          text('the path of a file'),
          'The path of a file, from the folder of the configuration.',
        ),
        redis: optional(redisUrl, 'The address of a Redis that several gateways share.'),
      }),
    ]),
    'Where day counts and spending are kept; in memory where absent.',
    { examples: ['sqlite', { sqlite: './plimsoll.db' }, { redis: 'redis://127.0.0.1:6379' }] },
  ),
  metrics: optional(
    object({
      prometheus: optional(flag, 'Whether `/metrics` is answered.', { default: true }),
      token: optional(
        token(isMetricsToken),
        'What `/metrics` asks for; nothing where absent or empty.',
      ),
      otlp: optional(
        object({
          endpoint: required(
            httpAddress(isEndpoint),
            'The address, without the path of a signal.',
            { examples: ['http://127.0.0.1:4318'] },
          ),
          headers: optional(
            z.record(
              z.string().regex(isHeaderName, { error: isHeaders }),
              z.string({ error: isHeader }).regex(/^[^\r\n\0]*$/, { error: isHeader }),
              { error: isHeaders },
            ),
            'Headers that are sent with them.',
          ),
          interval: optional(duration, 'How often they are sent.', { default: '60s' }),
          names: optional(
            z.enum(['current', 'older']),
            'Which names the GenAI metrics have: those since May 2026, or those before.',
            { default: 'current' },
          ),
        }),
        'Where metrics are sent by OTLP.',
      ),
    }),
    'What is told of requests and targets.',
  ),
  log: optional(
    object({
      level: optional(z.enum(['debug', 'info', 'warn', 'error', 'silent']), 'What is logged.', {
        default: 'info',
      }),
    }),
    'JSON lines on stderr, without content and keys.',
  ),
  $schema: optional(z.string({ error: isSchema }), 'The schema that editors check a JSON file by.'),
});

export type FileConfig = z.infer<typeof fileSchema>;
export type FilePool = z.infer<typeof pool>;
export type FileTarget = z.infer<typeof target>;
export type FileClient = z.infer<typeof client>;
export type FileLimits = z.infer<typeof groupLimits> & { concurrency?: number | undefined };
