import {
  optionError,
  type RequestTraits,
  type Snapshot,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type View,
} from '@plimsoll/core';

import { DrawnChoices } from './drawn-choices.ts';
import { FullScan } from './full-scan.ts';

/** Options of `leastBusy`. */
export interface LeastBusyOptions {
  /**
   * How targets without a request in flight compare. `share`: all alike, so that a pool with little traffic still
   * splits it by weight. `capacity`: by the load they would have with this request, (inFlight + 1) / weight, so the
   * heaviest comes first and the lighter ones only once it is busy.
   * @defaultValue 'share'
   */
  readonly idle?: 'share' | 'capacity';
  /**
   * Targets compared per pick in a pool larger than `exactUpTo`, an integer from 2 to 10.
   * @defaultValue 2
   */
  readonly choices?: number;
  /**
   * Largest pool in which every target is compared, an integer >= 1. Comparing all takes 2 to 3 ns per target and finds
   * the least busy for sure; drawing takes 15 to 70 ns in a pool of any size.
   * @defaultValue 64
   */
  readonly exactUpTo?: number;
}

/**
 * Chooses the target with the fewest requests in flight relative to its weight; ties go by smooth weighted round-robin,
 * so an idle pool of weights 3 and 1 is still used 3:1. Pools above `exactUpTo` compare `choices` distinct targets,
 * drawn with probability by weight, so a heavy target is also considered more often; a tie goes to the first drawn.
 *
 * Use it where requests differ in length and targets do not differ in speed for their weight: the usual choice for
 * several keys of one model. Prefer `latency` where speeds differ and are not known, `consistentHash` where a warm
 * prompt cache matters more than an even load.
 *
 * Source: the comparison and its ties are least_conn of nginx, ngx_http_upstream_least_conn_module.c. The draws are
 * Michael Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001.
 *
 * Differs from least_conn in that ties between equal weights are taken in turn from a random start, that those between
 * others go by deadlines, which is the order of its balances but where two turns are due together, that turns lost to a
 * load are not made up for, that a changed weight keeps what is left until each target's turn, and in `idle: 'capacity'`.
 *
 * Cost: O(n) up to `exactUpTo`, above it O(1) while one target in ten or more is admissible and O(n) else; allocates
 * nothing; about 60 bytes per target.
 *
 * Weights are honoured. State is a cursor and a deadline per target, in this process.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function leastBusy(options: LeastBusyOptions = {}): StrategyDefinition {
  const { idle = 'share', choices = 2, exactUpTo = 64 } = options;
  if (idle !== 'share' && idle !== 'capacity') {
    throw optionError('leastBusy', 'idle', "'share' or 'capacity'", idle);
  }
  if (!(Number.isInteger(choices) && choices >= 2 && choices <= 10)) {
    throw optionError('leastBusy', 'choices', 'an integer from 2 to 10', choices);
  }
  if (!(Number.isInteger(exactUpTo) && exactUpTo >= 1)) {
    throw optionError('leastBusy', 'exactUpTo', 'an integer >= 1', exactUpTo);
  }
  const own = idle === 'capacity' ? 1 : 0;
  return {
    name: 'least-busy',
    honoursWeights: true,
    expectedShare: 'none',
    create: (context) => new LeastBusy(context, own, choices, exactUpTo),
  };
}

class LeastBusy implements Strategy {
  readonly #scan: FullScan;
  readonly #choices: DrawnChoices;
  readonly #exactUpTo: number;
  #isLarge = false;

  constructor(context: StrategyContext, own: 0 | 1, choices: number, exactUpTo: number) {
    this.#scan = new FullScan(context.random, own);
    this.#choices = new DrawnChoices(context.random, this.#scan, own, choices);
    this.#exactUpTo = exactUpTo;
  }

  update(snapshot: Snapshot): void {
    this.#isLarge = snapshot.slots.length > this.#exactUpTo;
    this.#scan.update(snapshot);
    if (this.#isLarge) this.#choices.update(snapshot);
  }

  pick(view: View, _request: RequestTraits, _nowMs: number): number {
    return this.#isLarge ? this.#choices.pick(view) : this.#scan.pick(view);
  }
}
