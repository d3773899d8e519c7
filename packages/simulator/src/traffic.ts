import type { Random } from '@plimsoll/core';

import type { Arrival, ArrivalStream } from './arrivals.ts';
import { type EventClock, SimulatedEvent } from './event-clock.ts';
import type { SimulatedBalancer } from './gateway.ts';
import { type Lengths, lengthSampler } from './lengths.ts';
import type { Recorder } from './recorder.ts';
import type { SimulatedTraits } from './request.ts';
import { SimulatedCall } from './simulated-call.ts';

/** The users: one event that sends each request when its time has come, to a gateway by chance. */
export class Traffic extends SimulatedEvent {
  readonly #clock: EventClock;
  readonly #recorder: Recorder;
  readonly #balancers: readonly SimulatedBalancer[];
  readonly #arrivals: ArrivalStream;
  readonly #lengths: () => { inputTokens: number; outputTokens: number };
  readonly #traits: (index: number, random: Random) => SimulatedTraits;
  readonly #traitsRandom: Random;
  readonly #gatewayRandom: Random;
  readonly #durationS: number;
  readonly #warmUpMs: number;
  /** The request that comes next. */
  #next: Arrival | undefined = undefined;

  constructor(
    clock: EventClock,
    recorder: Recorder,
    balancers: readonly SimulatedBalancer[],
    arrivals: ArrivalStream,
    lengths: Lengths,
    traits: (index: number, random: Random) => SimulatedTraits,
    chance: { readonly lengths: Random; readonly traits: Random; readonly gateway: Random },
    times: { readonly durationS: number; readonly warmUpS: number },
  ) {
    super();
    this.#clock = clock;
    this.#recorder = recorder;
    this.#balancers = balancers;
    this.#arrivals = arrivals;
    this.#lengths = lengthSampler(lengths, chance.lengths);
    this.#traits = traits;
    this.#traitsRandom = chance.traits;
    this.#gatewayRandom = chance.gateway;
    this.#durationS = times.durationS;
    this.#warmUpMs = times.warmUpS * 1000;
  }

  /** Whether a request is still to come. */
  get isComing(): boolean {
    return this.#next !== undefined;
  }

  /** Takes the next request from the stream, if it comes within the duration. */
  scheduleNext(): void {
    const next = this.#arrivals();
    this.#next = next !== undefined && next.atS < this.#durationS ? next : undefined;
    if (this.#next !== undefined) this.#clock.schedule(this, this.#next.atS * 1000);
  }

  onDue(nowMs: number): void {
    const arrival = this.#next!;
    this.scheduleNext();
    this.#send(arrival, nowMs);
  }

  #send(arrival: Arrival, nowMs: number): void {
    const recorder = this.#recorder;
    const number = recorder.arrived(nowMs);
    // Drawn even where the arrival states them, so that the others stay as they are.
    const drawn = this.#lengths();
    const inputTokens = arrival.inputTokens ?? drawn.inputTokens;
    const outputTokens = arrival.outputTokens ?? drawn.outputTokens;
    const { prefix, ...traits } = this.#traits(number, this.#traitsRandom);
    const isMeasured = nowMs >= this.#warmUpMs;
    const call = new SimulatedCall(recorder, number, inputTokens, outputTokens, prefix, isMeasured);
    const balancer = this.#balancers[this.#gatewayRandom.below(this.#balancers.length)]!;
    const request = { isStream: true, inputTokens, ...traits, payload: call };
    balancer.start(request, call);
  }
}
