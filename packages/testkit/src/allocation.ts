import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';

// V8 reads the flag when it makes a context, so a new context has `gc` in any process, however that was started.
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'minor' }) => void;

const callsPerRound = 1000;
/** Some strategies were seen to be compiled for good after 20 rounds, most after one or two. */
const maxRounds = 100;

/**
 * Bytes of heap that one call of `run` leaves behind, once it is compiled; a figure below 1 means none.
 *
 * Rounds of 1,000 calls are made until one leaves nothing, 100 at most: V8 compiles what is called often, and until it
 * has, even plain arithmetic on doubles allocates. After each round its compiler is waited for, so that the answer
 * depends on how often `run` was called, and not on how busy the machine is.
 *
 * Only the young generation is looked at, where everything small begins. The whole heap also shrinks while V8 clears up
 * beside the program, and a round that allocates could seem to leave nothing, or a round of nothing less than that.
 */
export function bytesPerCall(run: () => void): number {
  const finishCompiling = compilerBarrier();
  let bytes = Infinity;
  // Less than nothing is left where the collector came during the round: much was allocated.
  for (let round = 0; round < maxRounds && Math.abs(bytes) >= callsPerRound; round++) {
    // A round without calls has what the measurement itself leaves behind.
    bytes = bytesLeftBy(run, callsPerRound) - bytesLeftBy(run, 0);
    finishCompiling();
  }
  return Math.abs(bytes) / callsPerRound;
}

/** A function that returns once V8 has compiled, and put to use, whatever it was about to. */
function compilerBarrier(): () => void {
  setFlagsFromString('--allow-natives-syntax');
  const barrier = runInThisContext('() => %FinalizeOptimization()') as () => void;
  // Parsed at its first call, while the flag stands.
  barrier();
  setFlagsFromString('--no-allow-natives-syntax');
  return barrier;
}

function bytesLeftBy(run: () => void, calls: number): number {
  gc({ type: 'minor' });
  const before = youngBytes();
  for (let call = 0; call < calls; call++) run();
  return youngBytes() - before;
}

function youngBytes(): number {
  const spaces = getHeapSpaceStatistics();
  return spaces.find(({ space_name }) => space_name === 'new_space')!.space_used_size;
}
