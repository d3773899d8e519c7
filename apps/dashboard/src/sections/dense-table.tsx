import type { Attention, PoolView, TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count, errorPercent, rate, signed, UNKNOWN, usd, wholePercent } from '../format.ts';
import { providerIdentities, type Identity } from '../identity.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { QuotaBar, toneOf } from '../parts/quota-bars.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { fullShare, ShareTick } from '../parts/share-tick.tsx';
import { StateLine } from '../parts/state-words.tsx';
import { TargetAction } from '../parts/target-action.tsx';
import { useTargetControls } from '../parts/use-target-controls.ts';
import { WeightStepper } from '../parts/weight-stepper.tsx';
import { linesOf, visibleLines, ROW_HEIGHT, SEPARATOR_HEIGHT, type Line } from './dense-lines.ts';
import { rowId, SHOW_TARGET } from './show-target.ts';
import './target-table.css';
import './dense-table.css';

const COLUMNS = 16;

/** Many targets, a line each: what wants attention first, and only what is in sight is in the page. */
export function DenseTable({ pool: { targets, attention } }: { pool: PoolView }): VNode {
  const [filter, setFilter] = useState('');
  const [which, setWhich] = useState<'all' | 'attention'>('all');
  const lines = linesOf(targets, attention, filter, which === 'attention');
  const wanted = targets.filter(({ id }) => attention.some(({ target }) => target === id)).length;
  return (
    <section class="wrap block" id="targets" tabIndex={-1} aria-labelledby="h-targets">
      <div class="heading with-tools">
        <h2 id="h-targets">Targets</h2>
        <div class="tools">
          <input
            class="field"
            type="search"
            placeholder="Filter: id, model, region, tag"
            aria-label="Filter targets by id, model, region or tag"
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
          <Segmented
            label="Which targets"
            options={[
              { value: 'all', text: `All ${count(targets.length)}` },
              { value: 'attention', text: `Attention ${count(wanted)}` },
            ]}
            chosen={which}
            onChoose={setWhich}
          />
        </div>
      </div>
      <Lines
        lines={lines}
        targets={targets}
        attention={attention}
        onLost={() => {
          setFilter('');
          setWhich('all');
        }}
      />
    </section>
  );
}

/** @param props.onLost - called when a row is asked for that the filter hides. */
function Lines(props: {
  lines: readonly Line[];
  targets: readonly TargetView[];
  attention: readonly Attention[];
  onLost: () => void;
}): VNode {
  const { lines, targets, attention, onLost } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const { first, last, above, below } = visibleLines(lines, top);
  useEffect(() => {
    const show = (event: Event): void => {
      const id = (event as CustomEvent<string>).detail;
      const line = lines.find((one) => one.target?.id === id);
      if (line === undefined) return onLost();
      const element = scroll.current;
      if (element === null) return;
      element.scrollTop = Math.max(0, line.top - element.clientHeight / 2);
      setTop(element.scrollTop);
    };
    addEventListener(SHOW_TARGET, show);
    return () => removeEventListener(SHOW_TARGET, show);
  });
  const marks = providerIdentities(targets);
  const full = fullShare(targets);
  return (
    <div
      ref={scroll}
      class="scroll"
      tabIndex={0}
      role="region"
      aria-label="All targets"
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <table class="targets dense" aria-rowcount={lines.length + 1}>
        <Columns />
        <Head />
        <tbody>
          {above > 0 && <Space height={above} />}
          {lines.slice(first, last).map((line, index) =>
            line.target === undefined ? (
              <tr key={line.title} class="separator" aria-rowindex={first + index + 2}>
                <th colSpan={COLUMNS} scope="colgroup" style={{ height: `${SEPARATOR_HEIGHT}px` }}>
                  {line.title} <span class="ink2 plain">{count(line.count)}</span>
                </th>
              </tr>
            ) : (
              <Row
                key={line.target.id}
                index={first + index + 2}
                target={line.target}
                identity={marks.get(line.target.provider)}
                attention={attention.find((one) => one.target === line.target?.id)}
                full={full}
              />
            ),
          )}
          {below > 0 && <Space height={below} />}
          {lines.length === 0 && (
            <tr>
              <td colSpan={COLUMNS} class="ink2">
                No target matches.
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

/** In place of rows that are out of sight. */
function Space({ height }: { height: number }): VNode {
  return (
    <tr aria-hidden="true" class="space">
      <td colSpan={COLUMNS} style={{ height: `${height}px` }} />
    </tr>
  );
}

function Columns(): VNode {
  const names = [
    'id',
    'state',
    'share o',
    'percent',
    'expected o',
    'gap o',
    'rate o',
    'flight o',
    'errors o',
    'p50 o',
    'p95 o',
    'p99 o',
    'quota',
    'reset o',
    'cost o',
    'weight o',
  ];
  return (
    <colgroup>
      {names.map((name) => (
        <col key={name} class={`d-${name}`} />
      ))}
    </colgroup>
  );
}

function Head(): VNode {
  const columns: readonly (readonly [string, string])[] = [
    ['Target', ''],
    ['State', ''],
    ['Share', 'o'],
    ['%', 'r'],
    ['Expected', 'r o'],
    ['Gap', 'r o'],
    ['Req/s', 'r o'],
    ['In flight', 'r o'],
    ['Errors', 'r o'],
    ['p50', 'r o'],
    ['p95', 'r o'],
    ['p99 ms', 'r o'],
    ['Quota left', ''],
    ['Resets', 'r o'],
    ['$/h', 'r o'],
    ['Weight', 'r o weight-head'],
  ];
  return (
    <thead>
      <tr>
        {columns.map(([name, look]) => (
          <th key={name} scope="col" class={look}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Row(props: {
  target: TargetView;
  identity: Identity | undefined;
  attention: Attention | undefined;
  full: number;
  index: number;
}): VNode {
  const { target, identity, attention, full, index } = props;
  const controls = useTargetControls(target);
  const { actualShare, expectedShare, firstContentMs, quotas, errorRatio } = target;
  const gap =
    actualShare === null || expectedShare === null ? null : (actualShare - expectedShare) * 100;
  const isOff = attention?.kind === 'off_line';
  const quota = quotas[0];
  return (
    <tr
      id={rowId(target.id)}
      tabIndex={-1}
      aria-rowindex={index}
      style={{ height: `${ROW_HEIGHT}px` }}
    >
      <th scope="row">
        <div class="target-name">
          <Glyph identity={identity} size={10} />
          <b title={`${target.id}: ${target.model}`}>{target.id}</b>
        </div>
      </th>
      <td>
        <StateLine target={target} attention={attention} error={controls.error} />
      </td>
      <td class="o">
        <ShareTick target={target} identity={identity} full={full} />
      </td>
      <td class={actualShare === 0 ? 'r ink3' : 'r'}>{points(actualShare)}</td>
      <td class="r ink2 o">{points(expectedShare)}</td>
      <td class={`r o ${isOff ? 'warn strong' : 'ink2'}`}>
        {gap === null ? UNKNOWN : signed(gap)}
      </td>
      <td class="r o">{rate(target.ratePerSecond)}</td>
      <td class="r o">{count(target.inFlight)}</td>
      <td class={errorRatio === null || errorRatio === 0 ? 'r o ink3' : 'r o'}>
        {errorPercent(errorRatio)}
      </td>
      <td class="r o">{milliseconds(firstContentMs.p50)}</td>
      <td class="r o ink2">{milliseconds(firstContentMs.p95)}</td>
      <td class="r o ink2">{milliseconds(firstContentMs.p99)}</td>
      <td>
        {quota === undefined ? (
          <span class="ink3">{UNKNOWN}</span>
        ) : (
          <>
            <QuotaBar leftRatio={quota.leftRatio} />
            <span class={toneOf(quota.leftRatio)}>{wholePercent(quota.leftRatio)}</span>
          </>
        )}
      </td>
      <td class="r o ink2">
        {quota === undefined || quota.resetEpochMs === null ? (
          UNKNOWN
        ) : (
          <Countdown to={quota.resetEpochMs} />
        )}
      </td>
      <td class="r o">{dollars(target.usdPerHour)}</td>
      <td class="o">
        <div class="controls">
          <WeightStepper target={target} controls={controls} />
          <TargetAction target={target} controls={controls} />
        </div>
      </td>
    </tr>
  );
}

/** A share in percentage points, without the sign that stands in the head. */
function points(share: number | null): string {
  if (share === null) return UNKNOWN;
  return share === 0 ? '0' : (share * 100).toFixed(2);
}

/** Whole dollars above ten, without the sign that stands in the head. */
function dollars(value: number | null): string {
  if (value === null) return UNKNOWN;
  return value >= 10 ? count(value) : usd(value).slice(1);
}

function milliseconds(ms: number | null): string {
  return ms === null ? UNKNOWN : String(Math.round(ms));
}
