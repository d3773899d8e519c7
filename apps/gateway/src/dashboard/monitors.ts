import {
  type Monitor,
  monitor,
  type MonitorEvent,
  type View,
  type WindowName,
} from '@plimsoll/monitor';

import type { Difference } from '../live/difference.ts';
import type { ServedPool } from '../pool-directory.ts';
import { differenceInWords } from './difference-in-words.ts';

/** Between two looks, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/** The monitors of the pools that are served, and the one timer that has them look. */
export class Monitors {
  readonly #byBalancer = new Map<ServedPool['balancer'], Monitor>();
  readonly #onLook = new Set<() => void>();
  readonly #onEvent: (pool: string, event: MonitorEvent) => void;
  readonly #timer: NodeJS.Timeout;

  /** @param onEvent - told of each event of a pool. */
  constructor(pools: readonly ServedPool[], onEvent: (pool: string, event: MonitorEvent) => void) {
    this.#onEvent = onEvent;
    this.follow(pools);
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** In the order of the configuration. */
  get all(): readonly Monitor[] {
    return [...this.#byBalancer.values()];
  }

  find(pool: string): Monitor | undefined {
    return this.all.find(({ name }) => name === pool);
  }

  /** Watches these pools from now on, and no others; those that stay keep their past. */
  follow(pools: readonly ServedPool[], difference?: Difference): void {
    const before = new Map(this.#byBalancer);
    this.#byBalancer.clear();
    const text = difference && differenceInWords(difference);
    for (const { balancer, accepts, fairnessBound } of pools) {
      let watch = before.get(balancer);
      before.delete(balancer);
      watch?.accept(accepts);
      if (watch === undefined) {
        watch = monitor(
          balancer,
          fairnessBound === undefined ? { accepts } : { accepts, fairnessBound },
        );
        watch.onEvent((event) => this.#onEvent(balancer.name, event));
      }
      if (text !== undefined) watch.note(text);
      this.#byBalancer.set(balancer, watch);
    }
    for (const gone of before.values()) gone.stop();
  }

  /** All there is to show: one pool in full, of the others a line each. */
  view(shown: Monitor, window: WindowName): View {
    return {
      epochMs: Date.now(),
      pools: this.all.map((one) => one.summary()),
      pool: shown.view(window),
    };
  }

  /** Calls `listener` after each look; returns the way to stop that. */
  onLook(listener: () => void): () => void {
    this.#onLook.add(listener);
    return () => void this.#onLook.delete(listener);
  }

  look(): void {
    for (const one of this.#byBalancer.values()) one.tick();
    for (const listener of this.#onLook) listener();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const one of this.#byBalancer.values()) one.stop();
  }
}
