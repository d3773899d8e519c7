import type { TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { conditionOf, isOut, restRatio, untilOf, type Condition } from '../condition.ts';
import { percent, wholePercent } from '../format.ts';
import { HULL_RANGE, heightOf, type Hull } from '../hull.ts';
import type { Identity } from '../identity.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { StateGlyph } from '../parts/state-glyph.tsx';
import { useDashboard } from '../state/context.ts';
import { hullSentence } from '../words.ts';
import './hull.css';

interface HullProps {
  readonly target: TargetView;
  readonly hull: Hull;
  readonly identity: Identity | undefined;
}

const looks: Partial<Record<Condition, string>> = {
  cooling: 'cooling',
  open: 'out',
  draining: 'draining',
};

/** One target's section of the load line, with its plate below. */
export function HullSection({ target, hull, identity }: HullProps): VNode {
  const { nowMs } = useDashboard();
  const style = { flexGrow: String(hull.weight), '--c': identity?.color ?? 'var(--ink-3)' };
  return (
    <li class="vessel" style={style}>
      <span class="vh">{hullSentence(target, nowMs.value)}</span>
      <div class="well" aria-hidden="true">
        <Shell target={target} hull={hull} />
        <QuotaLabel target={target} hull={hull} />
        <Marks hull={hull} />
        <Inside target={target} hull={hull} />
      </div>
      <Plate target={target} hull={hull} identity={identity} />
    </li>
  );
}

function Shell({ target, hull }: { target: TargetView; hull: Hull }): VNode {
  const { level, mark, edge, isOpen, isTight } = hull;
  const { view } = useDashboard();
  const isOff = view.value?.pool.verdict.offLine.includes(target.id) === true;
  const look = [looks[conditionOf(target)], isOpen ? 'open-top' : '', isTight ? 'tight' : ''];
  const inShell = (height: number): string => `${((height / edge) * 100).toFixed(2)}%`;
  return (
    <div class={`shell ${look.filter(Boolean).join(' ')}`} style={{ height: heightOf(edge) }}>
      {level > 0 && <div class="load" style={{ height: inShell(Math.min(level, edge)) }} />}
      {isOff && mark !== null && (
        <div
          class="gap"
          style={{
            bottom: inShell(Math.min(mark, level)),
            height: inShell(Math.abs(level - mark)),
          }}
        />
      )}
    </div>
  );
}

/** Less than this between edge and fill, and a label between them would lie on both: it stands above the edge then. */
const ROOM_FOR_LABEL = 0.24;

function QuotaLabel({ target, hull }: { target: TargetView; hull: Hull }): VNode | null {
  const quota = target.quotas[0];
  if (quota === undefined || isOut(target)) return null;
  const { edge, isOpen, isTight, level, mark } = hull;
  const isAbove =
    edge - Math.max(level, mark ?? 0) < ROOM_FOR_LABEL && edge < HULL_RANGE - ROOM_FOR_LABEL;
  return (
    <span
      class={`quota-label ${isTight ? 'tight' : ''} ${isAbove ? 'above' : ''}`}
      style={{ bottom: isOpen ? '100%' : heightOf(edge) }}
    >
      {wholePercent(quota.leftRatio)}
      <span class="wide"> left</span>
    </span>
  );
}

function Marks({ hull: { mark, fullMark } }: { hull: Hull }): VNode {
  return (
    <>
      {fullMark !== null && <div class="mark full" style={{ bottom: heightOf(fullMark) }} />}
      {mark !== null && <div class="mark" style={{ bottom: heightOf(mark) }} />}
    </>
  );
}

/** Nearer than this, two marks leave no room for a line of text between them. */
const ROOM_FOR_TEXT = 0.4;

/** What stands in the hull: when it is back, how much is under way, when it carries all of its weight. */
function Inside({ target, hull }: { target: TargetView; hull: Hull }): VNode | null {
  const { nowMs } = useDashboard();
  const condition = conditionOf(target);
  const until = untilOf(target);
  if (condition === 'draining') {
    return (
      <div class="inside" style={{ bottom: heightOf(0.5) }}>
        <b>
          <StateGlyph condition="draining" />
          <span class="mid">{target.inFlight} in flight</span>
        </b>
      </div>
    );
  }
  if (condition === 'cooling' || condition === 'open') {
    return (
      <div
        class={condition === 'open' ? 'inside bad' : 'inside warn'}
        style={{ bottom: heightOf(hull.edge * 0.34) }}
      >
        {until !== undefined && <span class="until">{until.label}</span>}
        <b class="count">
          <StateGlyph condition={condition} rest={restRatio(target, nowMs.value)} size={14} />
          {until !== undefined && <Countdown to={until.epochMs} />}
        </b>
      </div>
    );
  }
  if (hull.fullMark === null || until === undefined) return null;
  const isRoom = hull.fullMark - (hull.mark ?? 0) > ROOM_FOR_TEXT;
  const bottom = Math.min(isRoom ? hull.fullMark - 0.235 : hull.fullMark + 0.05, HULL_RANGE - 0.2);
  return (
    <div class="inside nowrap" style={{ bottom: heightOf(bottom) }}>
      <span class="until">full weight in </span>
      <b class="in-line">
        <Countdown to={until.epochMs} />
      </b>
    </div>
  );
}

function Plate({ target, hull, identity }: HullProps): VNode {
  const { actualShare, expectedShare } = target;
  const share = actualShare ?? expectedShare;
  return (
    <div class="plate" aria-hidden="true">
      <div class="name">
        <Glyph identity={identity} />
        <span title={target.id}>{target.id}</span>
      </div>
      <div class="share">
        {share !== null && <b class={share === 0 ? 'ink3' : ''}>{percent(share)}</b>}
        <span>{noteOf(target, hull)}</span>
      </div>
    </div>
  );
}

function noteOf({ actualShare, expectedShare }: TargetView, { weightShare }: Hull): string {
  if (weightShare === 0) return 'standby';
  if (expectedShare === null) return `weight ${percent(weightShare, 0)}`;
  if (actualShare === null) return 'expected';
  return expectedShare > 0 ? `of ${percent(expectedShare)}` : `weight ${percent(weightShare, 0)}`;
}
