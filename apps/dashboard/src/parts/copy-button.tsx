import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const SAID_MS = 2_000;

/** Puts a text on the clipboard, and says so on itself. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }): VNode {
  const [said, setSaid] = useState<string | undefined>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => setSaid(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      // Pages that do not come over loopback or TLS have no clipboard.
      setSaid('Not allowed here');
    }
  };
  return (
    <button class="btn small" type="button" onClick={() => void copy()}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
