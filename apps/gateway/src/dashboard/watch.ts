import { type WindowName, WINDOWS } from '@plimsoll/monitor';

import type { AdminCall } from '../admin/admin-call.ts';
import { badRequest } from '../openai-error.ts';
import { Channel } from './channel.ts';
import type { Monitors } from './monitors.ts';

/** How often a line is sent where nothing happens, so that what stands between does not close the connection. */
const HEARTBEAT_MS = 15_000;

/** The channels that someone watches. */
export class Watches {
  readonly monitors: Monitors;
  readonly #channels = new Map<string, Channel>();
  readonly #onClose = new Set<() => void>();
  #stop: (() => void) | undefined = undefined;

  constructor(monitors: Monitors) {
    this.monitors = monitors;
  }

  /** Serves a watcher until it leaves or the gateway goes away. */
  serve({ exchange, query }: AdminCall): void {
    const name = query.get('pool') ?? this.monitors.all[0]?.name;
    const window = query.get('window') ?? '5m';
    if (name === undefined || this.monitors.find(name) === undefined) {
      const message = `There is no pool ${JSON.stringify(name)}.`;
      exchange.answerError(badRequest(404, 'unknown_pool', message, { param: 'pool' }));
      return;
    }
    if (!isWindow(window)) {
      const message = `The window must be one of ${Object.keys(WINDOWS).join(', ')}.`;
      exchange.answerError(badRequest(400, 'invalid_window', message, { param: 'window' }));
      return;
    }
    const { res } = exchange;
    const headers = exchange.headers(undefined);
    headers.push('content-type', 'text/event-stream', 'cache-control', 'no-store');
    res.writeHead(200, headers);
    const channel = this.#channel(name, window);
    channel.join(res);
    const heartbeat = setInterval(() => {
      if (res.writableLength === 0) res.write(':\n\n');
    }, HEARTBEAT_MS);
    heartbeat.unref();
    const end = (): void => void res.end();
    this.#onClose.add(end);
    res.on('close', () => {
      clearInterval(heartbeat);
      this.#onClose.delete(end);
      channel.leave(res);
      if (channel.isEmpty) this.#drop(channel);
    });
  }

  /** The gateway goes away. */
  close(): void {
    for (const end of this.#onClose) end();
    this.monitors.close();
  }

  #channel(pool: string, window: WindowName): Channel {
    const key = JSON.stringify([pool, window]);
    const known = this.#channels.get(key);
    if (known !== undefined) return known;
    const channel = new Channel(this.monitors, pool, window);
    this.#channels.set(key, channel);
    this.#stop ??= this.monitors.onLook(() => {
      for (const one of this.#channels.values()) one.send();
    });
    return channel;
  }

  #drop(channel: Channel): void {
    const key = JSON.stringify([channel.pool, channel.window]);
    if (this.#channels.get(key) === channel) this.#channels.delete(key);
    if (this.#channels.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}

function isWindow(name: string): name is WindowName {
  return Object.hasOwn(WINDOWS, name);
}
