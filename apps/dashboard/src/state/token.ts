const STORED = 'plimsoll-token';

/**
 * The admin token: from the fragment of the address, where the link that the gateway prints has it, and from then on
 * from this tab's storage. The fragment is taken out of the address at once; it never reaches a server.
 */
export function takeToken(): string | undefined {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get('token');
  if (token !== null) {
    history.replaceState(null, '', location.pathname + location.search);
    keepToken(token);
  }
  return sessionStorage.getItem(STORED) ?? undefined;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(STORED, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(STORED);
}
