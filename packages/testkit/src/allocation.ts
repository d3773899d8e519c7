import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 reads the flag when it makes a context, so a new context has `gc` in any process, however that was started.
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'minor' }) => void;

const callsPerRound = 5000;
const patienceMs = 5000;

/**
 * Bytes of heap that one call of `run` leaves behind, once it is compiled: the least of as many rounds of 5,000 calls as
 * fit into five seconds, since the compiler and the runner only ever add to what `run` itself allocates. It stops at the
 * first round that leaves nothing, usually within milliseconds. The seconds are for busy machines: V8 compiles beside the
 * program, and until it has, even plain arithmetic on doubles allocates. Each round starts from an empty young generation
 * and is small enough to end before the collector would empty it again. A figure below 1 means none.
 */
export function bytesPerCall(run: () => void): number {
  const work = (): void => {
    for (let call = 0; call < callsPerRound; call++) run();
  };
  // What the measurement itself leaves behind.
  let overhead = Infinity;
  for (let round = 0; round < 8; round++)
    overhead = Math.min(
      overhead,
      bytesLeftBy(() => {}),
    );
  let least = Infinity;
  const startMs = performance.now();
  while (least >= callsPerRound && performance.now() - startMs < patienceMs) {
    least = Math.min(least, bytesLeftBy(work) - overhead);
  }
  return Math.max(0, least) / callsPerRound;
}

function bytesLeftBy(work: () => void): number {
  gc({ type: 'minor' });
  const before = process.memoryUsage().heapUsed;
  work();
  return process.memoryUsage().heapUsed - before;
}
