import type { TargetView } from '@plimsoll/monitor';
import { useEffect, useState } from 'preact/hooks';
import { useDashboard } from '../state/context.ts';
import { weightIn } from '../weight.ts';

/** What can be done to a target, and how that went. */
export interface TargetControls {
  /** The weight in its field: what is typed, or what it is. */
  readonly weightText: string;
  /** The weight that Enter would apply; undefined when nothing was changed, or to no weight. */
  readonly newWeight: number | undefined;
  readonly isBusy: boolean;
  /** What the gateway said no to; cleared by the next try. */
  readonly error: string | undefined;
  editWeight(text: string): void;
  /** Goes back to the weight it has. */
  resetWeight(): void;
  applyWeight(): void;
  drain(): void;
  enable(): void;
  tryNow(): void;
}

export function useTargetControls(target: TargetView): TargetControls {
  const { admin, view } = useDashboard();
  const [draft, setDraft] = useState<string | undefined>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const { id, weight } = target;
  const typed = draft === undefined ? undefined : weightIn(draft);

  // What was typed stays in the field until the gateway says the same, or something newer.
  useEffect(() => setDraft(undefined), [weight]);

  const run = async (change: (pool: string) => Promise<void>): Promise<void> => {
    const pool = view.peek()?.pool.id;
    if (pool === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      await change(pool);
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
    } finally {
      setBusy(false);
    }
  };
  return {
    weightText: draft ?? String(weight),
    newWeight: typed === weight ? undefined : typed,
    isBusy,
    error:
      draft !== undefined && typed === undefined ? 'A weight is a number from 0 to 1000.' : error,
    editWeight: setDraft,
    resetWeight: () => setDraft(undefined),
    applyWeight: () => {
      if (typed === undefined || typed === weight) return;
      void run((pool) => admin.setWeight(pool, id, typed));
    },
    drain: () => void run((pool) => admin.drain(pool, id)),
    enable: () => void run((pool) => admin.enable(pool, id)),
    tryNow: () => void run((pool) => admin.tryNow(pool, id)),
  };
}
