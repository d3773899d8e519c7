import type { PoolView, WindowName } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import {
  count,
  duration,
  errorPercent,
  rate,
  span,
  times,
  usd,
  usdPerHour as perHour,
  wholePercent,
} from '../format.ts';
import { Spark } from '../parts/spark.tsx';
import { useDashboard } from '../state/context.ts';
import './figures.css';

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  readonly note: string;
  readonly points: readonly number[];
  readonly isBad?: boolean;
}

const windowNames: Readonly<Record<WindowName, string>> = {
  '5m': '5 min',
  '1h': '1 h',
  '24h': '24 h',
};

/** The six figures that prove the headline. */
export function FiguresSection({ pool }: { pool: PoolView }): VNode {
  const { window } = useDashboard();
  return (
    <div class="wrap figures-section">
      <dl class="figures">
        {figuresOf(pool, windowNames[window.value]).map((figure) => (
          <div class="figure" key={figure.name}>
            <dt>{figure.name}</dt>
            <dd class={figure.isBad === true ? 'value bad' : 'value'}>
              {figure.value}
              <small>{figure.unit}</small>
            </dd>
            <dd class="note" title={figure.note}>
              {figure.note}
            </dd>
            <Spark points={figure.points} />
          </div>
        ))}
      </dl>
    </div>
  );
}

function figuresOf(pool: PoolView, window: string): Figure[] {
  const { figures, verdict } = pool;
  return [
    requests(pool, window),
    errors(pool),
    firstToken(pool),
    {
      name: 'In flight',
      value: count(figures.inFlight.now),
      unit: '',
      note: waiting(verdict),
      points: figures.inFlight.points,
    },
    headroom(pool),
    cost(pool),
  ];
}

function requests({ figures: { requests: of }, verdict }: PoolView, window: string): Figure {
  const note =
    of.inWindow === 0
      ? verdict.served === 'idle'
        ? 'none yet'
        : `none in ${window}`
      : verdict.served === 'none'
        ? `${count(of.served)} of ${count(of.inWindow)} served in ${window}`
        : `${count(of.inWindow)} in ${window}`;
  return { name: 'Requests', value: rate(of.perSecond), unit: '/s', note, points: of.points };
}

function errors({ figures: { errors: of }, verdict }: PoolView): Figure {
  const { callerRatio, upstreamRatio, points } = of;
  const text = errorPercent(callerRatio);
  const failedOver = (upstreamRatio ?? 0) > (callerRatio ?? 0);
  const note =
    upstreamRatio === null
      ? 'no requests'
      : upstreamRatio === 0
        ? 'none upstream either'
        : `${errorPercent(upstreamRatio)} upstream${failedOver ? ', failed over' : ''}`;
  return {
    name: 'Errors callers saw',
    value: text.replace('%', ''),
    unit: text.endsWith('%') ? '%' : '',
    note,
    points,
    isBad: verdict.served === 'none' && callerRatio !== null && callerRatio > 0,
  };
}

function firstToken({ figures: { firstContentMs: of } }: PoolView): Figure {
  const [value = '', unit] = duration(of.p50).split(' ');
  return {
    name: 'First token, p50',
    value,
    unit: unit === undefined ? '' : ` ${unit}`,
    note: of.p50 === null ? 'no answers' : `p95 ${duration(of.p95)}, p99 ${duration(of.p99)}`,
    points: of.points,
  };
}

function waiting({ waiting: now, oldestWaitMs }: PoolView['verdict']): string {
  if (now === 0) return 'none waiting';
  return `${count(now)} waiting${oldestWaitMs === null ? '' : `, oldest ${span(oldestWaitMs)}`}`;
}

function headroom({ figures: { headroom: of }, verdict }: PoolView): Figure {
  const { timesNow, capacityPerSecond, tightest, points } = of;
  if (verdict.usable === 0) {
    return {
      name: 'Head-room',
      value: '0',
      unit: ' × now',
      note: 'no target can carry',
      points,
      isBad: true,
    };
  }
  if (timesNow === null && capacityPerSecond !== null) {
    return {
      name: 'Capacity',
      value: capacityPerSecond >= 10 ? count(capacityPerSecond) : rate(capacityPerSecond),
      unit: ' /s',
      note: 'sum of all quotas',
      points,
    };
  }
  return {
    name: 'Head-room',
    value: times(timesNow).replace(' ×', ''),
    unit: timesNow === null ? '' : ' × now',
    note:
      tightest === null
        ? 'no limits known'
        : `tightest: ${tightest.target}, ${wholePercent(tightest.leftRatio)} left`,
    points,
  };
}

function cost({ figures: { cost: of } }: PoolView): Figure {
  const { usdPerHour, usdPerThousand, points } = of;
  const note =
    usdPerHour === null
      ? 'no prices known'
      : usdPerThousand === null
        ? 'nothing spent'
        : `${usd(usdPerThousand)} per 1,000 requests`;
  return {
    name: 'Cost',
    value: perHour(usdPerHour),
    unit: usdPerHour === null ? '' : '/h',
    note,
    points,
  };
}
