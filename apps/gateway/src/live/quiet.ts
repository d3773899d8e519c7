import type { Balancer } from '@plimsoll/balancer';

/** How often a balancer is asked whether it has finished, in milliseconds. */
const LOOK_EVERY_MS = 100;

/** Resolves when no request is under way any more; new ones must not be given to it. */
export function whenQuiet(balancer: Pick<Balancer, 'stats'>): Promise<void> {
  return new Promise((resolve) => {
    if (isQuiet(balancer)) {
      resolve();
      return;
    }
    const timer = setInterval(() => {
      if (!isQuiet(balancer)) return;
      clearInterval(timer);
      resolve();
    }, LOOK_EVERY_MS);
    timer.unref();
  });
}

function isQuiet(balancer: Pick<Balancer, 'stats'>): boolean {
  const { requests, succeeded, failed, aborted } = balancer.stats();
  return requests === succeeded + failed + aborted;
}
