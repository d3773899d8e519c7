import type { History, MonitorEvent, View, WindowName } from '@plimsoll/monitor';
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import { identities, type Identity } from '../identity.ts';
import { adminOf, type Admin } from '../wire/admin.ts';
import { watch, type WatchHandlers } from '../wire/watch.ts';
import { poolInAddress, showPool, showWindow, windowInAddress } from './address.ts';
import { noDecisions, withDecisions, withEvents, type Recent } from './recent.ts';
import { withBucket } from './timeline.ts';
import { forgetToken, keepToken, takeToken } from './token.ts';

/** Where the stream stands: `lost` counts whole seconds from the last view, `denied` waits for a token. */
export type Link =
  | { readonly state: 'connecting' | 'live' | 'denied' }
  | { readonly state: 'lost'; readonly ageMs: number };

/** What is known of the pool that is shown. */
interface Known {
  readonly view: View | undefined;
  readonly history: History | undefined;
  readonly recent: Recent;
  readonly events: readonly MonitorEvent[];
}

const nothing: Known = { view: undefined, history: undefined, recent: noDecisions, events: [] };

/** The page's state, and what changes it. */
export interface Dashboard {
  readonly admin: Admin;
  readonly link: ReadonlySignal<Link>;
  /** What is shown; while paused, what was shown then. */
  readonly view: ReadonlySignal<View | undefined>;
  readonly history: ReadonlySignal<History | undefined>;
  readonly recent: ReadonlySignal<Recent>;
  readonly events: ReadonlySignal<readonly MonitorEvent[]>;
  readonly identities: ReadonlySignal<ReadonlyMap<string, Identity>>;
  /** The gateway's clock in whole seconds, in milliseconds; it stands still with what is shown. */
  readonly nowMs: ReadonlySignal<number>;
  readonly isPaused: ReadonlySignal<boolean>;
  readonly window: ReadonlySignal<WindowName>;
  /** Why the gateway does not show itself, after a token was tried. */
  readonly refusal: ReadonlySignal<string | undefined>;
  togglePause(): void;
  choosePool(id: string): void;
  chooseWindow(name: WindowName): void;
  enter(token: string): void;
}

const TICK_MS = 250;

export function createDashboard(): Dashboard {
  let token = takeToken();
  let end = (): void => {};
  let received = nothing;
  // By how much the gateway's clock is ahead of this machine's.
  let aheadMs = 0;
  let lastViewMs = Date.now();
  let pool = poolInAddress();

  const admin = adminOf(() => token);
  const shown = signal(nothing);
  const link = signal<Link>({ state: 'connecting' });
  const isPaused = signal(false);
  const nowMs = signal(wholeSeconds(Date.now()));
  const window = signal<WindowName>(windowInAddress());
  const refusal = signal<string | undefined>(undefined);

  const learn = (news: Partial<Known>): void => {
    received = { ...received, ...news };
    if (!isPaused.value) shown.value = received;
  };

  const handlers: WatchHandlers = {
    onOpen: () => {
      received = { ...received, recent: noDecisions, events: [] };
    },
    onHistory: (history) => learn({ history }),
    onView: (view) =>
      batch(() => {
        lastViewMs = Date.now();
        aheadMs = view.epochMs - lastViewMs;
        if (link.value.state !== 'live') link.value = { state: 'live' };
        refusal.value = undefined;
        learn({ view });
        tick();
      }),
    onBucket: (bucket) => {
      const { history } = received;
      if (history !== undefined) learn({ history: withBucket(history, bucket) });
    },
    onDecisions: (rows) => learn({ recent: withDecisions(received.recent, rows) }),
    onEvents: (events) => learn({ events: withEvents(received.events, events) }),
    onLost: () => {
      link.value = { state: 'lost', ageMs: wholeSeconds(Date.now() - lastViewMs) };
    },
    onDenied: (words) =>
      batch(() => {
        const wrong = token === undefined ? undefined : 'The gateway did not take that token.';
        refusal.value = words ?? wrong;
        token = undefined;
        forgetToken();
        link.value = { state: 'denied' };
      }),
    onUnknownPool: () => {
      // Removed, or misspelt in the address: the first is better than none.
      if (pool !== undefined) showPool((pool = undefined), false);
      connect();
    },
  };

  const connect = (): void => {
    end();
    end = watch(admin, pool, window.value, handlers);
  };

  /** Forgets one pool for another; its look stays until the first view of the other, so that nothing jumps. */
  const restart = (): void => {
    received = { ...nothing, view: received.view };
    isPaused.value = false;
    connect();
  };

  const tick = (): void => {
    const was = link.value;
    const ageMs = wholeSeconds(Date.now() - lastViewMs);
    if (was.state === 'lost' && was.ageMs !== ageMs) link.value = { state: 'lost', ageMs };
    if (was.state === 'live' && !isPaused.value) nowMs.value = wholeSeconds(Date.now() + aheadMs);
  };
  setInterval(tick, TICK_MS);

  addEventListener('popstate', () => {
    const next = poolInAddress();
    if (next === pool) return;
    pool = next;
    restart();
  });

  connect();
  return {
    admin,
    link,
    view: computed(() => shown.value.view),
    history: computed(() => shown.value.history),
    recent: computed(() => shown.value.recent),
    events: computed(() => shown.value.events),
    identities: computed(() => identities(shown.value.view?.pool.targets ?? [])),
    nowMs,
    isPaused,
    window,
    refusal,
    togglePause() {
      isPaused.value = !isPaused.value;
      learn({});
    },
    choosePool(id) {
      if (id === shown.value.view?.pool.id) return;
      pool = id;
      showPool(id, true);
      restart();
    },
    chooseWindow(name) {
      window.value = name;
      showWindow(name);
      restart();
    },
    enter(text) {
      token = text;
      keepToken(text);
      link.value = { state: 'connecting' };
      connect();
    },
  };
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
