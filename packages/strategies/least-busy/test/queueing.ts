import { manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';
import type { StrategyDefinition } from '@plimsoll/core';

/**
 * Mean time in system, in mean service times, of Poisson arrivals at `load` per server to `servers` FIFO servers with
 * exponential service, each arrival sent where the strategy says. The first tenth of the arrivals is left out.
 */
export function meanTimeInSystem(
  definition: StrategyDefinition,
  servers: number,
  load: number,
  arrivals: number,
): number {
  const random = seededRandom(20_260_101);
  const exponential = (): number => -Math.log(1 - random.float());
  const snapshot = snapshotOf(Array.from({ length: servers }, () => 1));
  const view = testView(snapshot);
  const strategy = definition.create({ random: seededRandom(1), clock: manualClock() });
  strategy.update(snapshot);
  // As service is exponential, one clock for all busy servers does: at each of its ticks, which come at the rate of all
  // servers together, a random server ends its request, if it has one.
  const arrivedAt: number[][] = Array.from({ length: servers }, () => []);
  let now = 0;
  let seen = 0;
  let ended = 0;
  let total = 0;
  while (seen < arrivals) {
    now += exponential() / (servers * (1 + load));
    if (random.float() * (1 + load) < load) {
      seen++;
      const slot = strategy.pick(view, {}, now);
      view.inFlight[slot]!++;
      arrivedAt[slot]!.push(now);
      continue;
    }
    const server = random.below(servers);
    const since = arrivedAt[server]!.shift();
    if (since === undefined) continue;
    view.inFlight[server]!--;
    if (seen < arrivals / 10) continue;
    ended++;
    total += now - since;
  }
  return total / ended;
}
