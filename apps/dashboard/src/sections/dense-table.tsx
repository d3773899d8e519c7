import type { Attention, PoolView, TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count, errorPercent, rate, signed, UNKNOWN, usdPerHour, wholePercent } from '../format.ts';
import { providerIdentities, type Identity } from '../identity.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { QuotaBar, toneOf } from '../parts/quota-bars.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { fullShare, ShareTick } from '../parts/share-tick.tsx';
import { StateLine } from '../parts/state-words.tsx';
import { TargetAction } from '../parts/target-action.tsx';
import { useMedia } from '../parts/use-media.ts';
import { useTargetControls } from '../parts/use-target-controls.ts';
import { WeightStepper } from '../parts/weight-stepper.tsx';
import { linesOf, visibleLines, ROW_HEIGHT, SEPARATOR_HEIGHT, type Line } from './dense-lines.ts';
import { rowId, SHOW_TARGET } from './show-target.ts';
import './target-table.css';
import './dense-table.css';

/** How many columns a screen has; the style sheet says which. A cell over more would take room for those that are hidden. */
const COLUMNS = 16;
const NARROW_COLUMNS = 6;
const PHONE_COLUMNS = 4;

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
  const isPhone = useMedia('(max-width: 640px)');
  const isNarrow = useMedia('(max-width: 1100px)');
  const columns = isPhone ? PHONE_COLUMNS : isNarrow ? NARROW_COLUMNS : COLUMNS;
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
        <Head />
        <tbody>
          {above > 0 && <Space height={above} columns={columns} />}
          {lines.slice(first, last).map((line, index) =>
            line.target === undefined ? (
              <tr key={line.title} class="separator" aria-rowindex={first + index + 2}>
                <th colSpan={columns} scope="colgroup" style={{ height: `${SEPARATOR_HEIGHT}px` }}>
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
          {below > 0 && <Space height={below} columns={columns} />}
          {lines.length === 0 && (
            <tr>
              <td colSpan={columns} class="ink2">
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
function Space({ height, columns }: { height: number; columns: number }): VNode {
  return (
    <tr aria-hidden="true" class="space">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}

function Head(): VNode {
  const columns: readonly (readonly [string, string])[] = [
    ['Target', 'd-id'],
    ['State', ''],
    ['Share', 'd-share o'],
    ['%', 'd-percent r'],
    ['Expected', 'd-expected r o'],
    ['Gap', 'd-gap r o'],
    ['Req/s', 'd-rate r o'],
    ['In flight', 'd-flight r o'],
    ['Errors', 'd-errors r o'],
    ['p50', 'd-p50 r o'],
    ['p95', 'd-p95 r o'],
    ['p99 ms', 'd-p99 r o'],
    ['Quota left', 'd-quota'],
    ['Resets', 'd-reset r m'],
    ['$/h', 'd-cost r o'],
    ['Weight', 'd-weight r m weight-head'],
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
      <td class="r m ink2">
        {quota === undefined || quota.resetEpochMs === null ? (
          UNKNOWN
        ) : (
          <Countdown to={quota.resetEpochMs} />
        )}
      </td>
      <td class="r o">{dollars(target.usdPerHour)}</td>
      <td class="m">
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
  return value >= 10 ? count(value) : usdPerHour(value).replace('$', '');
}

function milliseconds(ms: number | null): string {
  return ms === null ? UNKNOWN : String(Math.round(ms));
}
