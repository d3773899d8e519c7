import type {
  Bucket,
  DecisionRow,
  History,
  MonitorEvent,
  View,
  WindowName,
} from '@plimsoll/monitor';
import { messageOf, type Admin } from './admin.ts';
import { readEventStream } from './event-stream.ts';

/** A view comes each second; a line that is silent for so long is dead, even if nobody said so. */
const SILENCE_MS = 6_000;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

export interface WatchHandlers {
  /** Connected: all there is comes, from a gateway that may be another process than before. */
  onOpen(): void;
  onHistory(history: History): void;
  onView(view: View): void;
  onBucket(bucket: Bucket): void;
  onDecisions(rows: readonly DecisionRow[]): void;
  onEvents(events: readonly MonitorEvent[]): void;
  /** The connection is gone; another is being tried. */
  onLost(): void;
  /** The token is missing or wrong, or the gateway serves no such visitor, which it says: nothing more is tried. */
  onDenied(words: string | undefined): void;
  /** The pool is not there (any more): nothing more is tried. */
  onUnknownPool(): void;
}

/**
 * Follows a pool, and connects anew when the connection breaks, after pauses that double.
 *
 * @returns what ends it.
 */
export function watch(
  admin: Admin,
  pool: string | undefined,
  window: WindowName,
  handlers: WatchHandlers,
): () => void {
  const query = new URLSearchParams({ window, ...(pool === undefined ? {} : { pool }) }).toString();
  const end = new AbortController();
  void follow(admin, query, handlers, end.signal);
  return () => end.abort();
}

async function follow(
  admin: Admin,
  query: string,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const end = await once(admin, query, handlers, signal);
    if (signal.aborted) return;
    if (typeof end === 'object') return handlers.onDenied(end.denied);
    if (end === 'unknown') return handlers.onUnknownPool();
    handlers.onLost();
    if (end === 'ended') pauseMs = FIRST_PAUSE_MS;
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** `ended` after it gave something, `failed` when it did not. */
type End = 'ended' | 'failed' | 'unknown' | { readonly denied: string | undefined };

async function once(
  admin: Admin,
  query: string,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<End> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  let end: End = 'failed';
  try {
    const response = await admin.watch(query, AbortSignal.any([signal, silence.signal]));
    if (response.status === 401) return { denied: undefined };
    if (response.status === 403) return { denied: messageOf(await response.text()) };
    if (response.status === 404 && query.includes('pool=')) return 'unknown';
    if (!response.ok || response.body === null) return 'failed';
    handlers.onOpen();
    const stream = readEventStream(response.body, () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
    });
    for await (const { name, data } of stream) {
      if (signal.aborted) return 'ended';
      end = 'ended';
      hand(name, data, handlers);
    }
  } catch {
    // Whatever broke the connection, the remedy is the same.
  } finally {
    clearTimeout(timer);
  }
  return end;
}

function hand(name: string, data: string, handlers: WatchHandlers): void {
  switch (name) {
    case 'history':
      return handlers.onHistory(JSON.parse(data) as History);
    case 'view':
      return handlers.onView(JSON.parse(data) as View);
    case 'bucket':
      return handlers.onBucket(JSON.parse(data) as Bucket);
    case 'decisions':
      return handlers.onDecisions(JSON.parse(data) as DecisionRow[]);
    case 'events':
      return handlers.onEvents(JSON.parse(data) as MonitorEvent[]);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
