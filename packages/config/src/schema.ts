import { z } from 'zod';

import { duration, flag, integer, list, object, oneForm, text } from './fields.ts';
import { pool } from './pool-schema.ts';
import { groupLimits, spending, target } from './target-schema.ts';

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
  id: text("the client's name, unique in the file"),
  keySha256: z.string({ error: isHash }).regex(/^[\da-f]{64}$/i, { error: isHash }),
  tenant: text('the name of a tenant').optional(),
  pools: list(text('the name of a pool'), 'a list of names of pools').optional(),
  priority: integer('an integer from 0 to 3', { min: 0, max: 3 }).optional(),
  may: list(z.enum(['pin', 'explain', 'region']), 'a list of pin, explain and region').optional(),
  budget: spending.optional(),
});

/** The configuration as it stands in the file. */
export const fileSchema = object({
  targets: list(target, 'a list of targets').optional(),
  quotaGroups: z.record(z.string(), groupLimits, { error: isGroups }).optional(),
  pools: z
    .record(z.string(), pool, { error: isPools })
    .refine((pools) => Object.keys(pools).length > 0, { error: isPools }),
  clients: list(client, 'a list of at least one client').optional(),
  budgets: spending.optional(),
  prices: z.enum(['stated', 'table']).optional(),
  server: object({
    host: text('a host name or an address').optional(),
    port: integer('a port, 0 to 65535', { min: 0, max: 65_535 }).optional(),
    maxBodyBytes: integer('a number of bytes, >= 1', { min: 1 }).optional(),
    admin: object({
      token: token(isAdminToken).optional(),
      hosts: list(hostName, 'a list of host names').optional(),
    }).optional(),
  }).optional(),
  state: oneForm(isState, [
    z.literal('sqlite'),
    object({ sqlite: text('the path of a file').optional(), redis: redisUrl.optional() }),
  ]).optional(),
  metrics: object({
    prometheus: flag.optional(),
    token: token(isMetricsToken).optional(),
    otlp: object({
      endpoint: z.url({ protocol: /^https?$/, error: isEndpoint }),
      headers: z
        .record(
          z.string().regex(isHeaderName, { error: isHeaders }),
          z.string({ error: isHeader }).regex(/^[^\r\n\0]*$/, { error: isHeader }),
          { error: isHeaders },
        )
        .optional(),
      interval: duration.optional(),
      names: z.enum(['current', 'older']).optional(),
    }).optional(),
  }).optional(),
  log: object({
    level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  }).optional(),
});

export type FileConfig = z.infer<typeof fileSchema>;
export type FilePool = z.infer<typeof pool>;
export type FileTarget = z.infer<typeof target>;
export type FileClient = z.infer<typeof client>;
export type FileLimits = z.infer<typeof groupLimits> & { concurrency?: number | undefined };
