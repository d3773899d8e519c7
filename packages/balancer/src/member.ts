import type { Failure, Health, Target } from '@plimsoll/core';

import type { Attempt } from './attempt.ts';
import type { Budget } from './quota/budget.ts';
import type { SlowStartOptions } from './slow-start.ts';

/** A target as the fleet holds it: its slot, who judges its health, and the pools that use it. */
export class Member {
  readonly slot: number;
  readonly target: Target;
  readonly health: Health;
  readonly slowStart: Required<SlowStartOptions>;
  readonly budget: Budget | undefined;
  /** Pools that have this target. */
  users = 1;
  /** What the cool-down it is in, or was in last, is for; undefined where another process said so. */
  cooledBy: Failure | undefined;
  /** When it was last asked by an active probe. */
  lastProbeAtMs: number = -Infinity;
  /** Head of the list of attempts without content, oldest first. */
  unansweredFirst: Attempt | undefined;
  unansweredLast: Attempt | undefined;

  constructor(
    slot: number,
    target: Target,
    health: Health,
    slowStart: Required<SlowStartOptions>,
    budget: Budget | undefined,
  ) {
    this.slot = slot;
    this.target = target;
    this.health = health;
    this.slowStart = slowStart;
    this.budget = budget;
  }
}
