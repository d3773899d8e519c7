import type { ServerResponse } from 'node:http';

import type { Monitor, WindowName } from '@plimsoll/monitor';

import type { Monitors } from './monitors.ts';

/** Bytes that wait for a reader that is too slow; frames past that are lost to it. */
const MAX_WAITING_BYTES = 262_144;

/** What a watcher is sent at first of decisions and events, and at most at once. */
const MOST_ROWS = 50;

/** One frame of server-sent events. */
function frame(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * What all who watch one pool over one window are sent: made once for all of them. One that reads too slowly loses
 * frames, and has everything anew once it has caught up.
 */
export class Channel {
  readonly pool: string;
  readonly window: WindowName;
  readonly #monitors: Monitors;
  /** Those who have all that was sent, and those who lost some of it. */
  readonly #current = new Set<ServerResponse>();
  readonly #behind = new Set<ServerResponse>();
  #shown: Monitor | undefined;
  #targets = '';
  /** What the rows looked like when they were sent last, by call. */
  #rows: ReadonlyMap<number, string> = new Map();
  #lastEvent = 0;
  /** The start of the bucket that ran at the last look. */
  #bucket = 0;

  constructor(monitors: Monitors, pool: string, window: WindowName) {
    this.#monitors = monitors;
    this.pool = pool;
    this.window = window;
  }

  get isEmpty(): boolean {
    return this.#current.size === 0 && this.#behind.size === 0;
  }

  /** `to` is sent all there is, and from then on what is new. */
  join(to: ServerResponse): void {
    // What others are sent at the next look may hold what this one has already: rows replace rows of the same call.
    const shown = this.#monitors.find(this.pool);
    if (shown !== undefined) to.write(this.#everything(shown));
    this.#current.add(to);
  }

  leave(to: ServerResponse): void {
    this.#current.delete(to);
    this.#behind.delete(to);
  }

  /** Sends what is new; ends the watching of a pool that is gone. */
  send(): void {
    const shown = this.#monitors.find(this.pool);
    if (shown === undefined) {
      for (const to of [...this.#current, ...this.#behind]) to.end();
      return;
    }
    const news = this.#news(shown);
    for (const to of this.#current) {
      if (to.writableLength <= MAX_WAITING_BYTES) {
        to.write(news);
      } else {
        this.#current.delete(to);
        this.#behind.add(to);
      }
    }
    if (this.#behind.size === 0) return;
    const ready = [...this.#behind].filter(({ writableLength }) => writableLength === 0);
    if (ready.length === 0) return;
    const everything = this.#everything(shown);
    for (const to of ready) {
      to.write(everything);
      this.#behind.delete(to);
      this.#current.add(to);
    }
  }

  #everything(shown: Monitor): string {
    return (
      frame('history', shown.history(this.window)) +
      frame('view', this.#monitors.view(shown, this.window)) +
      frame('decisions', shown.decisions(MOST_ROWS)) +
      frame('events', shown.events(MOST_ROWS))
    );
  }

  #news(shown: Monitor): string {
    let news = '';
    const targets = JSON.stringify(shown.columns(this.window));
    if (shown !== this.#shown || targets !== this.#targets) {
      if (this.#shown !== undefined) news += frame('history', shown.history(this.window));
      this.#targets = targets;
      if (shown !== this.#shown) this.#lastEvent = 0;
      this.#shown = shown;
    }
    news += frame('view', this.#monitors.view(shown, this.window));
    const running = shown.bucket(this.window);
    // The last second of a bucket is known when the next one runs.
    if (running.startEpochMs !== this.#bucket)
      news += frame('bucket', shown.bucket(this.window, 1));
    this.#bucket = running.startEpochMs;
    news += frame('bucket', running);
    const rows = shown.decisions(MOST_ROWS).map((row) => ({ row, text: JSON.stringify(row) }));
    const changed = rows.filter(({ row, text }) => this.#rows.get(row.callId) !== text);
    this.#rows = new Map(rows.map(({ row, text }) => [row.callId, text]));
    if (changed.length > 0) {
      news += `event: decisions\ndata: [${changed.map(({ text }) => text).join(',')}]\n\n`;
    }
    const events = shown.events(MOST_ROWS).filter(({ id }) => id > this.#lastEvent);
    this.#lastEvent = events[0]?.id ?? this.#lastEvent;
    if (events.length > 0) news += frame('events', events);
    return news;
  }
}
