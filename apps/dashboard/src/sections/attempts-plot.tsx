import type { Explained } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { duration } from '../format.ts';
import { useWidth } from '../parts/use-width.ts';
import { useDashboard } from '../state/context.ts';
import './attempts-plot.css';

type Attempt = Explained['attemptsMade'][number];

const ROW = 36;
const TOP = 26;
const NAMES = 84;

/** The attempts of one call over its time: pale until the first token, full while it streams, amber where it failed. */
export function AttemptsPlot({ attempts }: { attempts: readonly Attempt[] }): VNode {
  const { ref, width } = useWidth<HTMLDivElement>();
  if (attempts.length === 0) return <p class="hint">No attempt was made.</p>;
  const end = Math.max(
    ...attempts.map((attempt) => attempt.endMs ?? attempt.firstContentMs ?? attempt.startMs),
    1,
  );
  const step = stepOf(end);
  const last = Math.max(step, Math.ceil(end / step) * step);
  const position = (ms: number): number => NAMES + (ms / last) * Math.max(10, width - NAMES - 22);
  const lines = Array.from({ length: Math.round(last / step) + 1 }, (_, index) => index * step);
  const height = TOP + attempts.length * ROW;
  return (
    <div ref={ref} class="attempts">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={attempts.map(sentence).join('; ')}
        >
          {lines.map((ms) => (
            <g key={ms}>
              <text x={position(ms)} y="10" text-anchor={ms === 0 ? 'start' : 'middle'}>
                {ms === 0 ? '0' : tick(ms)}
              </text>
              <path class="grid" d={`M${position(ms)} 16V${height}`} />
            </g>
          ))}
          {attempts.map((attempt, index) => (
            <AttemptBar
              key={index}
              attempt={attempt}
              y={TOP + index * ROW}
              end={end}
              position={position}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

function AttemptBar(props: {
  attempt: Attempt;
  y: number;
  end: number;
  position: (ms: number) => number;
}): VNode {
  const { attempt, y, end, position } = props;
  const { identities } = useDashboard();
  const { target, startMs, firstContentMs, endMs, failure } = attempt;
  const color = identities.value.get(target)?.color ?? 'var(--ink-3)';
  const from = position(startMs);
  const first = position(firstContentMs ?? endMs ?? end);
  const to = position(endMs ?? end);
  const wide = (a: number, b: number): number => Math.max(2, b - a);
  const room = Math.floor((NAMES - 8) / 6.2);
  return (
    <g>
      <text class="name" x="0" y={y + 11}>
        {target.length > room ? `${target.slice(0, room - 1)}…` : target}
      </text>
      {failure !== null && firstContentMs === null ? (
        <rect x={from} y={y} width={wide(from, to)} height="14" fill="var(--warn-mark)" />
      ) : (
        <>
          <rect
            x={from}
            y={y}
            width={wide(from, first)}
            height="14"
            fill={`color-mix(in oklab, ${color} 30%, var(--bg))`}
          />
          {firstContentMs !== null && (
            <>
              <rect
                x={first}
                y={y}
                width={wide(first, to)}
                height="14"
                fill={failure === null ? color : 'var(--warn-mark)'}
              />
              <path d={`M${first} ${y - 4}v22`} stroke="var(--load-line)" stroke-width="2" />
            </>
          )}
        </>
      )}
      <Caption attempt={attempt} y={y} from={from} first={first} to={to} right={position(end)} />
    </g>
  );
}

/** Under this many pixels between them, two captions would touch. */
const APART = 200;

function Caption(props: {
  attempt: Attempt;
  y: number;
  from: number;
  first: number;
  to: number;
  right: number;
}): VNode | null {
  const { attempt, y, from, first, to, right } = props;
  const { failure, firstContentMs, endMs } = attempt;
  if (failure !== null) {
    const isRoom = right - to > 160;
    return (
      <text class="failure" x={isRoom ? to + 7 : from} y={isRoom ? y + 11 : y + 28}>
        {failure}
      </text>
    );
  }
  if (endMs === null) {
    return (
      <text x={from} y={y + 28}>
        {firstContentMs === null
          ? 'waits for the first token'
          : `first token ${duration(firstContentMs)}, still running`}
      </text>
    );
  }
  if (firstContentMs === null) {
    return (
      <text x={from} y={y + 28}>
        answered {duration(endMs)}
      </text>
    );
  }
  return to - first > APART ? (
    <>
      <text x={first + 4} y={y + 28}>
        first token {duration(firstContentMs)}
      </text>
      <text x={to} y={y + 28} text-anchor="end">
        last byte {duration(endMs)}
      </text>
    </>
  ) : (
    <text x={to} y={y + 28} text-anchor={to > NAMES + APART ? 'end' : 'start'}>
      first token {duration(firstContentMs)}, last byte {duration(endMs)}
    </text>
  );
}

function sentence({ target, firstContentMs, endMs, failure }: Attempt): string {
  if (failure !== null)
    return `${target}: ${failure}${endMs === null ? '' : ` after ${duration(endMs)}`}`;
  if (firstContentMs === null)
    return endMs === null ? `${target} is running` : `${target} ended at ${duration(endMs)}`;
  const end = endMs === null ? 'is running' : `ended at ${duration(endMs)}`;
  return `${target} gave its first token at ${duration(firstContentMs)} and ${end}`;
}

/** A round step that leaves three to six lines. */
function stepOf(end: number): number {
  const power = 10 ** Math.floor(Math.log10(end));
  return (
    [0.1, 0.2, 0.25, 0.5, 1].map((part) => part * power * 2).find((step) => end / step <= 4) ??
    power * 2
  );
}

function tick(ms: number): string {
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toFixed(2))} s`;
}
