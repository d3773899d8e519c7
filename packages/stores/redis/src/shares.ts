import type { Clock, ShareClaim, ShareGrant } from '@plimsoll/core';

import type { Line } from './line.ts';
import { Script } from './script.ts';

/** Shares are counted in millionths of the limit, so that their sums are exact. */
const WHOLE = 1_000_000;
/** Demands beyond this are taken for it: their sums must stay far from what a double can hold. */
const MOST_DEMAND = 1e15;

/**
 * Divides a limit among the members of a fleet, by demand:
 *
 *     fair = (d + 0.05 x D / n) / (1.05 x D)
 *
 * for a demand d of the member, D of all and n members: proportional, so that a request has the same chance wherever it
 * arrives, with a twentieth divided equally, so that a member without demand can begin. Without any demand: 1 / n. A
 * member is granted its fair part as far as it is free, and a larger part is cut down to the fair one.
 *
 * Parts are multiples of a claim's unit: what is left of whole units goes to those who come first, as long as the others
 * have theirs. With less than a unit for each, as of 5 requests per minute among 10 members, those who want one take
 * turns: a member keeps its unit until what it used has left the window, and then goes behind the others.
 *
 * When to use it: always, for limits of less than a day. Others give out single permits from the server at each request,
 * which is exact too, and puts a round trip before each.
 *
 * Source: the demand-driven division of a limit is Raghavan et al., "Cloud Control with Distributed Rate Limiting",
 * SIGCOMM 2007. It differs by leases that end by themselves, and in that parts never add up to more than the limit:
 * they flow from those that shrink to those that grow, instead of being set by all at once.
 *
 * A member learns of a smaller part only by the answer, which may be lost, and uses the old one until then. So the
 * server counts for it what it may still believe to have (`held`): the larger of the new part and the one it says that
 * it has; once the answer is there the member confirms it, and only then the rest is free. Where the server does not
 * know a limit of which a member has a part, it has lost its memory: nobody grows then, until the others came too.
 *
 * Cost: O(members) for each claim; a hash for each limit, with a field of 40 bytes for each member.
 *
 * KEYS: the hash of each limit. ARGV: the member, milliseconds, and for each limit the demand, the part it has now, the
 * unit, and the part used. A field has the end of the lease, the part held, the part used where that counts, the demand.
 */
const leaseScript = new Script(`
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local member, ttlMs = ARGV[1], tonumber(ARGV[2])
local grants = {}
for at, key in ipairs(KEYS) do
  local of = 4 * at - 2
  local demand, has = tonumber(ARGV[of + 1]), tonumber(ARGV[of + 2])
  local unit, used = tonumber(ARGV[of + 3]), tonumber(ARGV[of + 4])
  local fields = redis.call('HGETALL', key)
  local others, demands, usedBefore = {}, demand, 0
  for field = 1, #fields, 2 do
    local name = fields[field]
    local endsAtMs, held, kept, wanted = string.match(fields[field + 1], '(%S+) (%S+) (%S+) (%S+)')
    if name == member then
      usedBefore = tonumber(kept)
    elseif tonumber(endsAtMs) <= nowMs then
      redis.call('HDEL', key, name)
    else
      others[#others + 1] = { math.max(tonumber(held), tonumber(kept)), tonumber(wanted) }
      demands = demands + tonumber(wanted)
    end
  end
  local members = #others + 1
  local function fairFor(wanted)
    local fair = 1 / members
    if demands > 0 then
      fair = (wanted + 0.05 * demands / members) / (1.05 * demands)
    end
    return math.floor(${WHOLE} * fair + 0.5)
  end
  local function inUnits(part)
    return math.floor(part / unit) * unit
  end
  local fair, free, unclaimed, isAwaited = fairFor(demand), ${WHOLE}, ${WHOLE}, false
  for _, other in ipairs(others) do
    local taken, wanted = other[1], other[2]
    free = free - taken
    unclaimed = unclaimed - math.max(taken, inUnits(fairFor(wanted)))
    isAwaited = isAwaited or (taken == 0 and wanted > 0)
  end
  local least = inUnits(fair)
  local part = math.max(math.min(least, free), math.min(inUnits(fair + unit - 1), unclaimed), 0)
  part = inUnits(part)
  local kept = 0
  if least == 0 then
    kept = used
    if isAwaited and (used > 0 or usedBefore > 0 or demand == 0) then
      part = 0
    end
  end
  if #fields == 0 and has > 0 then
    part = math.min(part, has)
  end
  local held = math.max(part, has)
  local entry = string.format('%.0f %.0f %.0f %.17g', nowMs + ttlMs, held, kept, demand)
  redis.call('HSET', key, member, entry)
  if redis.call('PTTL', key) < ttlMs then
    redis.call('PEXPIRE', key, ttlMs)
  end
  grants[at] = { part, members }
end
return grants
`);

/** The member knows of its smaller parts. KEYS: the hash of each limit. ARGV: the member, and the part of each. */
const CONFIRM = `
for at, key in ipairs(KEYS) do
  local own = redis.call('HGET', key, ARGV[1])
  if own then
    local entry = string.gsub(own, ' %S+', ' ' .. ARGV[at + 1], 1)
    redis.call('HSET', key, ARGV[1], entry)
  end
end
`;

/** The member leaves. KEYS: its last call, the hash of each limit. ARGV: the member. */
const LEAVE = `
redis.call('DEL', KEYS[1])
for at = 2, #KEYS do
  redis.call('HDEL', KEYS[at], ARGV[1])
end
`;

/** What this member knows of its part of a limit. */
interface Part {
  readonly millionths: number;
  readonly members: number;
  readonly endsAtMs: number;
}

/** The parts of limits that one member of a fleet has. */
export class Shares {
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #member: string;
  readonly #parts: Map<string, Part> = new Map();

  /** @param line - one on which calls are alone: the server must see leases and confirmations in their order. */
  constructor(line: Line, clock: Clock, prefix: string, member: string) {
    this.#line = line;
    this.#clock = clock;
    this.#prefix = prefix;
    this.#member = member;
  }

  async lease(claims: readonly ShareClaim[], ttlMs: number): Promise<readonly ShareGrant[]> {
    if (!(ttlMs > 0 && ttlMs < Infinity)) throw rangeError('ttlMs', 'finite and > 0', ttlMs);
    for (const { demand, unit = 1, used = 0 } of claims) {
      if (!isAmount(demand)) throw rangeError('demand', 'finite and >= 0', demand);
      if (!(unit > 0 && unit <= 1)) throw rangeError('unit', '> 0 and <= 1', unit);
      if (!isAmount(used)) throw rangeError('used', 'finite and >= 0', used);
    }
    // Before the server's own count begins, so that this member never believes longer than the server does.
    const calledAtMs = this.#clock.now();
    const names = claims.map(({ key }) => key);
    let has: number[] = [];
    return this.#line.run(
      (send) => {
        has = names.map((name) => this.#millionthsOf(name));
        const args = claims.flatMap(({ demand, unit = 0, used = 0 }, at) =>
          [
            Math.min(demand, MOST_DEMAND),
            has[at]!,
            Math.max(1, Math.floor(WHOLE * unit)),
            Math.floor(WHOLE * Math.min(used, 1)),
          ].map(String),
        );
        const head = [this.#member, String(Math.ceil(ttlMs))];
        return leaseScript.run(send, this.#hashes(names), [...head, ...args]);
      },
      (answer) => {
        const parts = (answer as [number, number][]).map(([millionths, members]) => ({
          millionths,
          members,
          endsAtMs: calledAtMs + ttlMs,
        }));
        for (const [at, part] of parts.entries()) this.#parts.set(names[at]!, part);
        this.#confirm(names.filter((_, at) => parts[at]!.millionths < has[at]!));
        return parts.map(({ millionths, members }, at) => ({
          key: names[at]!,
          share: millionths / WHOLE,
          members,
        }));
      },
    );
  }

  /** Gives back all parts, and forgets the last call `callKey`. */
  leave(callKey: string): Promise<void> {
    const keys = [callKey, ...this.#hashes([...this.#parts.keys()])];
    return this.#line.run(
      (send) => send(['EVAL', LEAVE, String(keys.length), ...keys, this.#member]),
      () => {},
    );
  }

  /**
   * What this member uses of a limit now, in millionths: its part while the lease lasts, and when it ended because the
   * server was away, an equal part among the members known last.
   */
  #millionthsOf(name: string): number {
    const part = this.#parts.get(name);
    if (part === undefined) return 0;
    return this.#clock.now() < part.endsAtMs ? part.millionths : Math.floor(WHOLE / part.members);
  }

  #confirm(names: readonly string[]): void {
    if (names.length === 0) return;
    const parts = names.map((name) => String(this.#parts.get(name)!.millionths));
    const keys = this.#hashes(names);
    // Sent before the next call of the line can be. Where it fails, the next renewal says the same.
    this.#line.sendAside(['EVAL', CONFIRM, String(keys.length), ...keys, this.#member, ...parts]);
  }

  #hashes(names: readonly string[]): string[] {
    return names.map((name) => `${this.#prefix}:lease:${name}`);
  }
}

function isAmount(value: number): boolean {
  return value >= 0 && value < Infinity;
}

function rangeError(name: string, accepted: string, got: number): RangeError {
  return new RangeError(`redisStore: \`${name}\` must be ${accepted}, got ${got}`);
}
