import type { DecisionRow, PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { clockSeconds, clockTenths, duration, tokens, UNKNOWN, usd } from '../format.ts';
import { Glyph } from '../parts/glyph.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { useDashboard } from '../state/context.ts';
import { hasFailed, type Recent } from '../state/recent.ts';
import { DecisionDetail } from './decision-detail.tsx';
import './decisions.css';

const choices = [
  { value: 'notable', text: 'Notable' },
  { value: 'all', text: 'All' },
  { value: 'failed', text: 'Failed' },
] as const;

type Choice = (typeof choices)[number]['value'];

const FEW = 10;

/** Why requests went where they went. While one is open the list holds still, and says how many came since. */
export function DecisionsSection({ pool }: { pool: PoolView }): VNode {
  const { recent } = useDashboard();
  const [choice, setChoice] = useState<Choice>('notable');
  const [isLong, setLong] = useState(false);
  const [opened, setOpened] = useState<
    { readonly callId: number; readonly rows: readonly DecisionRow[] } | undefined
  >();
  const current = chosen(recent.value, choice);
  const rows = opened?.rows ?? current;
  const newest = rows[0];
  const newer = opened === undefined ? 0 : newerThan(current, newest);
  const shown = isLong ? rows : rows.slice(0, FEW);
  const toggle = (callId: number): void =>
    setOpened(opened?.callId === callId ? undefined : { callId, rows });
  return (
    <section aria-labelledby="h-decisions">
      <div class="heading with-tools">
        <h2 id="h-decisions">Decisions</h2>
        {newer === 0 ? (
          <span class="hint">Why a request went where it went</span>
        ) : (
          <button class="btn quiet small" type="button" onClick={() => setOpened(undefined)}>
            {newer} newer, show
          </button>
        )}
        <div class="tools">
          <Segmented
            label="Which decisions"
            options={choices}
            chosen={choice}
            isLow
            onChoose={(next) => {
              setChoice(next);
              setOpened(undefined);
            }}
          />
        </div>
      </div>
      {rows.length === 0 ? (
        <div class="nothing">{emptyWords(recent.value, choice)}</div>
      ) : (
        <>
          <Head />
          <ol class="decisions">
            {shown.map((row) => (
              <Decision
                key={row.callId}
                row={row}
                pool={pool}
                isOpen={opened?.callId === row.callId}
                onToggle={() => toggle(row.callId)}
              />
            ))}
          </ol>
          {rows.length > FEW && (
            <button class="btn quiet small more" type="button" onClick={() => setLong(!isLong)}>
              {isLong ? 'Show fewer' : `Show ${rows.length - FEW} more`}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function chosen({ all, notable }: Recent, choice: Choice): readonly DecisionRow[] {
  if (choice === 'all') return all;
  return choice === 'notable' ? notable : notable.filter(hasFailed);
}

function newerThan(rows: readonly DecisionRow[], than: DecisionRow | undefined): number {
  return than === undefined ? 0 : rows.filter(({ epochMs }) => epochMs > than.epochMs).length;
}

function emptyWords({ all }: Recent, choice: Choice): string {
  if (all.length === 0) {
    return 'Each decision, with its reason, is listed here. Try one without sending it: Send a request, Only explain.';
  }
  return choice === 'failed'
    ? 'No request failed.'
    : 'Every request went where its turn was. Failovers, hedges, pins and the like are listed here.';
}

function Head(): VNode {
  return (
    <div class="decision-head" aria-hidden="true">
      <span />
      <span>Time</span>
      <span>Went to</span>
      <span>Because</span>
      <span class="r wide-only">Attempts</span>
      <span class="r">First token</span>
      <span class="r wide-only">Tokens</span>
      <span class="r wide-only">Cost</span>
    </div>
  );
}

function Decision(props: {
  row: DecisionRow;
  pool: PoolView;
  isOpen: boolean;
  onToggle: () => void;
}): VNode {
  const { row, pool, isOpen, onToggle } = props;
  const { identities } = useDashboard();
  const { callId, epochMs, target, kind, reason, attempts, firstContentMs, tokensIn, tokensOut } =
    row;
  const detailId = `decision-${callId}`;
  return (
    <li>
      <button
        class="decision"
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? detailId : undefined}
        onClick={onToggle}
      >
        <svg
          class="chevron"
          width="10"
          height="10"
          viewBox="0 0 10 10"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          aria-hidden="true"
        >
          <path d="m3.5 2 3 3-3 3" />
        </svg>
        <span class="ink2">
          <span class="hide-s">{clockTenths(epochMs)}</span>
          <span class="only-s">{clockSeconds(epochMs)}</span>
        </span>
        <span class="to">
          <Glyph identity={target === null ? undefined : identities.value.get(target)} size={10} />
          <span>{target ?? UNKNOWN}</span>
        </span>
        <span class="why" title={reason}>
          <b class={hasFailed(row) ? 'bad' : ''}>{kindTitles[kind]}</b>
          {reason === '' ? '' : `: ${reason}`}
        </span>
        <span class="r ink2 wide-only">{attempts === 1 ? '1 try' : `${attempts} tries`}</span>
        <span class="r first">{row.outcome === null ? 'running' : duration(firstContentMs)}</span>
        <span class="r ink2 wide-only">
          {tokensIn === null && tokensOut === null
            ? UNKNOWN
            : `${tokens(tokensIn)} → ${tokens(tokensOut)}`}
        </span>
        <span class="r ink2 wide-only">{usd(row.usd)}</span>
      </button>
      {isOpen && <DecisionDetail row={row} pool={pool} id={detailId} />}
    </li>
  );
}

const kindTitles: Readonly<Record<DecisionRow['kind'], string>> = {
  turn: 'Turn',
  failover: 'Failover',
  hedge: 'Hedge',
  rescue: 'Rescue',
  pin: 'Pinned',
  residency: 'Residency',
  quota: 'Quota',
  health: 'Health',
  slow_start: 'Slow start',
  affinity: 'Same key',
  refused: 'Refused',
  failed: 'Failed',
};
