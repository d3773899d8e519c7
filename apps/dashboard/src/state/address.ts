import type { WindowName } from '@plimsoll/monitor';

/* What of the page's state stands in its address, so that it can be linked to and survives a reload. */

export function poolInAddress(): string | undefined {
  return new URLSearchParams(location.search).get('pool') ?? undefined;
}

export function windowInAddress(): WindowName {
  const name = new URLSearchParams(location.search).get('window');
  return name === '1h' || name === '24h' ? name : '5m';
}

/** A link to the page that shows this pool. */
export function addressOfPool(pool: string): string {
  return addressWith('pool', pool);
}

export function showPool(pool: string | undefined, isStep: boolean): void {
  const address = addressWith('pool', pool);
  if (isStep) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

export function showWindow(name: WindowName): void {
  history.replaceState(null, '', addressWith('window', name === '5m' ? undefined : name));
}

function addressWith(name: string, value: string | undefined): string {
  const query = new URLSearchParams(location.search);
  if (value === undefined) query.delete(name);
  else query.set(name, value);
  return query.size === 0 ? location.pathname : `${location.pathname}?${query}`;
}
