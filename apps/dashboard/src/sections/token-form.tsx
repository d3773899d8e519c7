import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Mark } from '../parts/mark.tsx';
import { useDashboard } from '../state/context.ts';
import './token-form.css';

/** Asks for the admin token, where none was in the link or the gateway wants another. */
export function TokenForm(): VNode {
  const { enter, refusal } = useDashboard();
  const words = refusal.value;
  const [token, setToken] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (token !== '') enter(token.trim());
  };
  return (
    <main class="token-form">
      <form onSubmit={submit}>
        <Mark size={28} />
        <h1>The gateway wants its admin token</h1>
        <p>
          It is <span class="mono">server.admin.token</span> of the configuration. Without one
          there, the gateway makes one at start and prints it, with a link that opens this page.
        </p>
        <label for="token">Token</label>
        <input
          ref={field}
          class="field"
          id="token"
          type="password"
          autocomplete="off"
          value={token}
          aria-invalid={words !== undefined}
          aria-describedby="token-note"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p
          id="token-note"
          class={words === undefined ? 'ink2' : 'bad'}
          role={words === undefined ? undefined : 'alert'}
        >
          {words ?? 'Kept in this tab until it is closed.'}
        </p>
        <button class="btn primary" type="submit" disabled={token === ''}>
          Open
        </button>
      </form>
    </main>
  );
}
