import type { PoolSummary } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { count, rate, strategyName } from '../format.ts';
import { useEscape } from '../parts/use-escape.ts';
import { addressOfPool } from '../state/address.ts';
import { useDashboard } from '../state/context.ts';
import './pool-menu.css';

/** The pool that is shown, and the way to the others. */
export function PoolMenu(): VNode {
  const { view, choosePool } = useDashboard();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLElement>(null);
  const close = useCallback((): void => {
    setOpen(false);
    button.current?.focus();
  }, []);
  useEscape(isOpen, close);
  useEffect(() => {
    if (!isOpen) return undefined;
    menu.current?.querySelector('a')?.focus();
    const leave = (event: Event): void => {
      const inside =
        event.target instanceof Node && menu.current?.parentElement?.contains(event.target);
      if (inside !== true) setOpen(false);
    };
    addEventListener('pointerdown', leave);
    addEventListener('focusin', leave);
    return () => {
      removeEventListener('pointerdown', leave);
      removeEventListener('focusin', leave);
    };
  }, [isOpen]);
  const shown = view.value;
  if (shown === undefined) return <span class="pool-name" />;
  return (
    <div class="pool-menu">
      <button
        ref={button}
        class="pool-button"
        type="button"
        aria-expanded={isOpen}
        aria-controls="pools"
        onClick={() => setOpen(!isOpen)}
      >
        <span class="pool-name">{shown.pool.id}</span>
        <span class="tag hide-s">{strategyName(shown.pool.strategy)}</span>
        <svg
          width="10"
          height="10"
          viewBox="0 0 10 10"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          aria-hidden="true"
        >
          <path d="m2 3.5 3 3 3-3" />
        </svg>
      </button>
      <nav ref={menu} class="menu" id="pools" aria-label="Pools" hidden={!isOpen}>
        {isOpen &&
          shown.pools.map((pool) => (
            <PoolLink
              key={pool.id}
              pool={pool}
              isShown={pool.id === shown.pool.id}
              onChoose={() => {
                choosePool(pool.id);
                close();
              }}
            />
          ))}
      </nav>
    </div>
  );
}

function PoolLink(props: { pool: PoolSummary; isShown: boolean; onChoose: () => void }): VNode {
  const { pool, isShown, onChoose } = props;
  const choose = (event: MouseEvent): void => {
    // With a key held the browser opens a tab, as for every link.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onChoose();
  };
  const { usable, total, levels } = pool;
  const traffic = levels.every((level) => level === null)
    ? 'no traffic yet'
    : `${count(usable)} of ${count(total)} targets`;
  return (
    <a href={addressOfPool(pool.id)} aria-current={isShown ? 'true' : undefined} onClick={choose}>
      <Mini pool={pool} />
      <span class="pool-of-menu">
        <b>{pool.id}</b>
        <span class={usable === 0 ? 'tag bad' : 'tag'}>
          {usable === 0 ? 'no target can serve' : traffic}
        </span>
      </span>
      <span class="ink2">{rate(pool.ratePerSecond)}/s</span>
    </a>
  );
}

/** More bars than this are none. */
const MINI_BARS = 20;

/** The load line, very small: bars that stand on one line are spread by weight. */
function Mini({ pool: { levels, wantsAttention } }: { pool: PoolSummary }): VNode {
  return (
    <span class="mini" aria-hidden="true">
      {levels.slice(0, MINI_BARS).map((level, index) => (
        <i
          key={index}
          class={wantsAttention[index] === true ? 'odd' : ''}
          style={{ height: `${Math.min(100, (level ?? 0) * 50).toFixed(0)}%` }}
        />
      ))}
    </span>
  );
}
