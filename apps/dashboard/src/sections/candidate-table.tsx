import type { Explained, TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { UNKNOWN } from '../format.ts';
import { Glyph } from '../parts/glyph.tsx';
import { useDashboard } from '../state/context.ts';
import './candidate-table.css';

const BAR_WIDTH = 96;

/** So many lines tell the story; of a large pool the rest is left out. */
const MOST_LINES = 12;

/** Who could have had the request, with the strategy's score, and what came of it. */
export function CandidateTable(props: {
  candidates: Explained['candidates'];
  chosen: string | null;
  targets: readonly TargetView[];
}): VNode {
  const { candidates, chosen, targets } = props;
  const { identities } = useDashboard();
  if (candidates.length === 0)
    return <p class="hint">Candidates of so large a pool are not recorded.</p>;
  const scores = candidates.flatMap(({ score }) => (score === null ? [] : [score]));
  const scale = scaleOf(scores);
  const rest = candidates.length - MOST_LINES;
  return (
    <>
      <table class="candidates">
        <tbody>
          {ordered(candidates)
            .slice(0, MOST_LINES)
            .map(({ target, score, leftOut, outcome }) => (
              <tr
                key={target}
                class={target === chosen ? 'chosen' : leftOut === null ? '' : 'left-out'}
              >
                <th scope="row">
                  <span>
                    <Glyph identity={identities.value.get(target)} size={10} />
                    {target}
                    {!targets.some(({ id }) => id === target) && (
                      <span class="ink3">, removed</span>
                    )}
                  </span>
                </th>
                {scores.length > 0 && (
                  <>
                    <td class="score">{score === null ? UNKNOWN : scoreText(score)}</td>
                    <td class="bar-cell">
                      <ScoreBar score={score} scale={scale} isChosen={target === chosen} />
                    </td>
                  </>
                )}
                <td>{leftOut === null ? outcome : `left out: ${leftOut}`}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {rest > 0 && <p class="hint">and {rest} more</p>}
    </>
  );
}

/** Highest score first where there are scores; what was left out comes last. */
function ordered(candidates: Explained['candidates']): Explained['candidates'] {
  return candidates.toSorted((a, b) => {
    if ((a.leftOut === null) !== (b.leftOut === null)) return a.leftOut === null ? -1 : 1;
    return (b.score ?? -Infinity) - (a.score ?? -Infinity) || 0;
  });
}

interface Scale {
  readonly zero: number;
  readonly perUnit: number;
}

function scaleOf(scores: readonly number[]): Scale {
  const low = Math.min(0, ...scores);
  const high = Math.max(0, ...scores);
  const perUnit = high > low ? BAR_WIDTH / (high - low) : 0;
  return { zero: -low * perUnit, perUnit };
}

function ScoreBar({
  score,
  scale,
  isChosen,
}: {
  score: number | null;
  scale: Scale;
  isChosen: boolean;
}): VNode {
  const { zero, perUnit } = scale;
  const width = Math.abs(score ?? 0) * perUnit;
  return (
    <svg width={BAR_WIDTH + 1} height="8" aria-hidden="true">
      <path d={`M${zero + 0.5} 0v8`} stroke="var(--line-strong)" />
      {score !== null && (
        <rect
          x={score < 0 ? zero - width : zero}
          y="1.5"
          width={width}
          height="5"
          fill={isChosen ? 'var(--ink)' : 'var(--hull-line)'}
        />
      )}
    </svg>
  );
}

function scoreText(score: number): string {
  const digits = Math.abs(score) >= 100 ? 0 : Math.abs(score) >= 1 ? 1 : 3;
  return String(Number(score.toFixed(digits))).replace('-', '−');
}
