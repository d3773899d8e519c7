import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 reads the flag when it makes a context, so a new context has `gc` in any process, however that was started.
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'minor' }) => void;

const callsPerRound = 5000;
const maxRounds = 300;

/**
 * Bytes of heap that one call of `run` leaves behind, once it is compiled: the least of up to 300 rounds of 5,000 calls,
 * since the compiler and the runner only ever add to what `run` itself allocates. It stops at the first round that leaves
 * nothing. The rounds are many because V8 compiles beside the program: on a busy machine optimised code comes late, and
 * until it does even plain arithmetic on doubles allocates. Each round starts from an empty young generation and is small
 * enough to end before the collector would empty it again. A figure below 1 means none.
 */
export function bytesPerCall(run: () => void): number {
  const overhead = leastBytes(() => {}, 8, -Infinity);
  const work = (): void => {
    for (let call = 0; call < callsPerRound; call++) run();
  };
  const bytes = leastBytes(work, maxRounds, overhead + callsPerRound) - overhead;
  return Math.max(0, bytes) / callsPerRound;
}

/** The least that a round of `work` leaves behind, over `rounds` rounds or until one leaves fewer than `enough`. */
function leastBytes(work: () => void, rounds: number, enough: number): number {
  let least = Infinity;
  for (let round = 0; round < rounds && least >= enough; round++) {
    gc({ type: 'minor' });
    const before = process.memoryUsage().heapUsed;
    work();
    least = Math.min(least, process.memoryUsage().heapUsed - before);
  }
  return least;
}
