import { checkInteger, checkPositive } from './check.ts';
import { DelayService } from './delay-service.ts';
import type { Distribution } from './distribution.ts';
import { PacedService } from './paced-service.ts';
import type { ServiceDefinition } from './service.ts';

/**
 * A server that works on all requests at once: each of n streams gets
 *
 *     min(streamTokensPerS, tokensPerS / n)
 *
 * tokens per second: its own most while there are few, a fair share of the whole beyond tokensPerS / streamTokensPerS
 * of them. It never queues; crowding makes every stream slower. This is how a batching inference server behaves.
 *
 * Source: processor sharing, Kleinrock, Time-shared Systems: A Theoretical Treatment, JACM 14(2), 1967, with a cap.
 *
 * @param options.tokensPerS - of all streams together, > 0.
 * @param options.streamTokensPerS - of one stream at most, > 0.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION unless both are.
 */
export function processorSharing(options: {
  readonly tokensPerS: number;
  readonly streamTokensPerS: number;
}): ServiceDefinition {
  const { tokensPerS, streamTokensPerS } = options;
  checkPositive('processorSharing', 'tokensPerS', tokensPerS);
  checkPositive('processorSharing', 'streamTokensPerS', streamTokensPerS);
  const pace = (running: number): number => Math.min(streamTokensPerS, tokensPerS / running);
  return {
    idealMs: (work) => (work / pace(1)) * 1000,
    create: ({ clock }) => new PacedService(clock, Infinity, pace),
  };
}

/**
 * A server with a number of places, each working at a fixed speed; further requests wait, first come first served. This
 * is how an API behaves that limits what runs at once. With one place and exponential lengths it is the M/M/1 queue.
 *
 * @param options.places - requests worked on at once, an integer >= 1.
 * @param options.tokensPerS - of each place, > 0.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function queue(options: {
  readonly places: number;
  readonly tokensPerS: number;
}): ServiceDefinition {
  const { places, tokensPerS } = options;
  checkInteger('queue', 'places', places, 1);
  checkPositive('queue', 'tokensPerS', tokensPerS);
  return {
    idealMs: (work) => (work / tokensPerS) * 1000,
    create: ({ clock }) => new PacedService(clock, places, () => tokensPerS),
  };
}

/**
 * A server that answers any number of requests, each after a time drawn when it comes, whatever its length; what happens
 * later does not change it, so a slow-down touches only requests that come while it lasts. For tests with stated times.
 *
 * @param milliseconds - of one answer.
 */
export function delay(milliseconds: Distribution): ServiceDefinition {
  return {
    idealMs: () => milliseconds.mean,
    create: ({ clock, random }) => new DelayService(clock, milliseconds.create(random)),
  };
}
