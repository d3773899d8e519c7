import type { Random } from '@plimsoll/core';

import { type EventClock, SimulatedEvent } from './event-clock.ts';

/** One attempt as a service works on it. It is an event of the clock only while no service has it. */
export abstract class Job extends SimulatedEvent {
  /** Work until the first content, in tokens of the answer. */
  firstWork = 0;
  /** Work until the end. */
  totalWork = 0;
  /** Whether the first content is out. */
  isAnswered = false;
  /** What the service had done for each job when this one began; the service's own. */
  beganAt = 0;
  /** The first token was made. */
  abstract onFirstContent(nowMs: number): void;
  /** More content, a second after the last. */
  abstract onProgress(): void;
  /** The last token was made. */
  abstract onDone(nowMs: number): void;
}

/** How a server works on several requests at once. */
export interface Service {
  /** Begins to work on `job`. */
  start(job: Job, nowMs: number): void;
  /** The job is given up; nothing happens when it is not here. */
  cancel(job: Job, nowMs: number): void;
  /** Sets the pace, as a share of the usual one; 0 stops all work. */
  setSpeed(speed: number, nowMs: number): void;
  /** All jobs, running ones and waiting ones. */
  jobs(): Job[];
}

/** A way of working, as a server is configured with it. */
export interface ServiceDefinition {
  /** Milliseconds that an idle server at its usual speed needs for this much work. */
  idealMs(work: number): number;
  /** Makes the state of one server. */
  create(context: ServiceContext): Service;
}

/** What a service may use of the world. */
export interface ServiceContext {
  readonly clock: EventClock;
  readonly random: Random;
}
