import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 reads the flag when it makes a context, so a new context has `gc` in any process, however that was started.
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'minor' }) => void;

const callsPerRound = 5000;
const rounds = 8;

/**
 * Bytes of heap that one call of `run` leaves behind, once it is compiled: the least of several rounds, since the
 * compiler and the runner only ever add to what `run` itself allocates. Each round starts from an empty young
 * generation and is small enough to end before the collector would empty it again. A figure below 1 means none.
 */
export function bytesPerCall(run: () => void): number {
  // Until it is optimised, even plain arithmetic on doubles allocates.
  repeat(run, 8 * callsPerRound);
  const bytes = leastBytes(() => repeat(run, callsPerRound)) - leastBytes(() => {});
  return Math.max(0, bytes) / callsPerRound;
}

function leastBytes(work: () => void): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    gc({ type: 'minor' });
    const before = process.memoryUsage().heapUsed;
    work();
    least = Math.min(least, process.memoryUsage().heapUsed - before);
  }
  return least;
}

function repeat(run: () => void, calls: number): void {
  for (let call = 0; call < calls; call++) run();
}
