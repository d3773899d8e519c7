import { periodOverAtEpochMs, type PeriodUse } from '@plimsoll/core';

import type { Line } from './line.ts';
import { Script } from './script.ts';

/** How long a period is kept after it was over. */
const KEPT_MS = 2 * 24 * 3_600_000;
/** How long a member's last call is remembered: longer than any wait between a failed add and the next one. */
const CALL_MS = 24 * 3_600_000;

/**
 * Uses stand in one hash for each period, which ends by itself; `periods` lists the hashes by when they are over.
 *
 * An add whose answer did not come in time may have been done or not, and its caller adds the same again. So a member
 * numbers its adds and tells with each which one was answered last, and the server keeps the member's last add until the
 * next: if it was done and not answered in time, it is taken back first. So is one that comes a second time because the
 * client library sent it again over a new connection.
 *
 * KEYS: the member's last call, `periods`, the hash of each period. ARGV: the number of this call, that of the last one
 * answered, milliseconds to keep a call, milliseconds to keep a period, the number of periods, their names and ends,
 * and then for each use the number of its period, its key and the amount.
 */
const addScript = new Script(`
local number, answered = tonumber(ARGV[1]), tonumber(ARGV[2])
local keptMs, periods = tonumber(ARGV[4]), tonumber(ARGV[5])
local first = 6 + 2 * periods
local last = redis.call('GET', KEYS[1])
last = last and cjson.decode(last)
if last and last.number > answered then
  for _, use in ipairs(last.uses) do
    local back = string.sub(use[3], 1, 1) == '-' and string.sub(use[3], 2) or '-' .. use[3]
    redis.call('HINCRBYFLOAT', use[1], use[2], back)
  end
end
local uses = {}
for at = first, #ARGV, 3 do
  local use = { KEYS[2 + ARGV[at]], ARGV[at + 1], ARGV[at + 2] }
  redis.call('HINCRBYFLOAT', use[1], use[2], use[3])
  uses[#uses + 1] = use
end
redis.call('SET', KEYS[1], cjson.encode({ number = number, uses = uses }), 'PX', ARGV[3])
local totals = {}
for at = first, #ARGV, 3 do
  totals[#totals + 1] = redis.call('HGET', KEYS[2 + ARGV[at]], ARGV[at + 1])
end
for period = 1, periods do
  local name, overAtMs = ARGV[4 + 2 * period], ARGV[5 + 2 * period]
  redis.call('ZADD', KEYS[2], overAtMs, name)
  redis.call('PEXPIREAT', KEYS[2 + period], string.format('%.0f', overAtMs + keptMs))
end
local nowMs = redis.call('TIME')[1] * 1000
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', nowMs - keptMs))
local lastOverAtMs = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
if lastOverAtMs then
  redis.call('PEXPIREAT', KEYS[2], string.format('%.0f', lastOverAtMs + keptMs))
end
return totals
`);

/** KEYS: `periods`, whose name but for its last word is that of the hashes. ARGV: the time, in milliseconds. */
const loadScript = new Script(`
local found = {}
for _, period in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')) do
  local hash = string.sub(KEYS[1], 1, -8) .. 'use:' .. period
  found[#found + 1] = { period, redis.call('HGETALL', hash) }
end
return found
`);

/** The uses of days and months, of one member of a fleet. */
export class Uses {
  readonly #line: Line;
  readonly #prefix: string;
  /** The key of this member's last call. */
  readonly callKey: string;
  #calls = 0;
  #answered = 0;

  /** @param line - one on which calls are alone: the server must see the adds in the order of their numbers. */
  constructor(line: Line, prefix: string, member: string) {
    this.#line = line;
    this.#prefix = prefix;
    this.callKey = `${prefix}:call:${member}`;
  }

  async add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
    const ends = new Map<string, number>();
    for (const { used, period } of uses) {
      if (!Number.isFinite(used)) {
        throw new RangeError(`redisStore: \`used\` must be a finite number, got ${used}`);
      }
      ends.set(period, periodOverAtEpochMs(period));
    }
    const periods = [...ends.keys()];
    const keys = [
      this.callKey,
      `${this.#prefix}:periods`,
      ...periods.map((name) => this.#hash(name)),
    ];
    const args = [...ends].flat().map(String);
    for (const { key, period, used } of uses) {
      args.push(String(periods.indexOf(period) + 1), key, String(used));
    }
    let number = 0;
    return this.#line.run(
      (send) => {
        number = ++this.#calls;
        const head = [number, this.#answered, CALL_MS, KEPT_MS, periods.length].map(String);
        return addScript.run(send, keys, [...head, ...args]);
      },
      (totals) => {
        this.#answered = number;
        return uses.map(({ key, period }, index) => ({
          key,
          period,
          used: Number((totals as unknown[])[index]),
        }));
      },
    );
  }

  load(epochMs: number): Promise<readonly PeriodUse[]> {
    const keys = [`${this.#prefix}:periods`];
    return this.#line.run(
      (send) => loadScript.run(send, keys, [String(epochMs)]),
      (found) =>
        (found as [unknown, unknown[]][]).flatMap(([period, fields]) =>
          pairs(fields).map(([key, used]) => ({
            key: String(key),
            period: String(period),
            used: Number(used),
          })),
        ),
    );
  }

  #hash(period: string): string {
    return `${this.#prefix}:use:${period}`;
  }
}

function pairs(list: readonly unknown[]): [unknown, unknown][] {
  return Array.from({ length: list.length / 2 }, (_, at) => [list[2 * at], list[2 * at + 1]]);
}
