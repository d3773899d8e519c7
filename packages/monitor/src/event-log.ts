import type { MonitorEvent } from './view.ts';

/** Events kept. */
const CAPACITY = 200;

/** What happened of late, and those who want to hear of it. */
export class EventLog {
  readonly #events: MonitorEvent[] = [];
  readonly #listeners = new Set<(event: MonitorEvent) => void>();
  #next = 1;

  add(event: Omit<MonitorEvent, 'id'>): void {
    const numbered = { id: this.#next++, ...event };
    this.#events.push(numbered);
    if (this.#events.length > CAPACITY) this.#events.shift();
    for (const listener of this.#listeners) listener(numbered);
  }

  /** The last `limit`, newest first. */
  recent(limit: number): MonitorEvent[] {
    return this.#events.slice(-limit).toReversed();
  }

  on(listener: (event: MonitorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
