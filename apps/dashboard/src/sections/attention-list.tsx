import type { Attention, TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { restRatio } from '../condition.ts';
import { Countdown } from '../parts/countdown.tsx';
import { StateGlyph } from '../parts/state-glyph.tsx';
import { useDashboard } from '../state/context.ts';
import { attentionWords } from '../words.ts';
import { showTarget } from './show-target.ts';
import './attention-list.css';

/** So many lines are shown in full; of more, fewer, with the number of the rest. */
const MOST_LINES = 6;
const LINES_OF_MANY = 4;

export function AttentionList(props: {
  attention: readonly Attention[];
  targets: readonly TargetView[];
}): VNode {
  const { attention, targets } = props;
  const lines = attention.length <= MOST_LINES ? attention : attention.slice(0, LINES_OF_MANY);
  const rest = attention.length - lines.length;
  return (
    <ul class="attention" aria-label="Targets that want attention">
      {lines.map((one) => (
        <Line
          key={`${one.target} ${one.kind}`}
          attention={one}
          target={targets.find(({ id }) => id === one.target)}
        />
      ))}
      {rest > 0 && (
        <li class="rest">
          <a href="#targets">and {rest} more</a>
        </li>
      )}
    </ul>
  );
}

function Line({
  attention,
  target,
}: {
  attention: Attention;
  target: TargetView | undefined;
}): VNode {
  const { nowMs } = useDashboard();
  const { kind, untilEpochMs, untilLabel } = attention;
  const words = attentionWords(attention);
  return (
    <li>
      <StateGlyph
        condition={kind}
        {...(target === undefined ? {} : { rest: restRatio(target, nowMs.value) })}
      />
      <a class="who" href="#targets" onClick={(event) => showTarget(event, attention.target)}>
        {attention.target}
      </a>
      <span class="why" title={words}>
        {words}
      </span>
      <span class="when">
        {untilEpochMs !== null && (
          <>
            <span class="until">{untilLabel}</span> <Countdown to={untilEpochMs} />
          </>
        )}
      </span>
    </li>
  );
}
