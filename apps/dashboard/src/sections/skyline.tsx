import type { Attention, TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { conditionOf, conditionWith, restRatio } from '../condition.ts';
import { count, percent } from '../format.ts';
import { HULL_RANGE, heightOf, type Hull } from '../hull.ts';
import { providerIdentities, providersOf, type Identity } from '../identity.ts';
import { Glyph } from '../parts/glyph.tsx';
import { StateGlyph } from '../parts/state-glyph.tsx';
import { useDashboard } from '../state/context.ts';
import { hullSentence } from '../words.ts';
import './skyline.css';

/** The load line of many targets: by provider, without names; glyphs stand above those that want attention. */
export function Skyline({
  targets,
  hulls,
}: {
  targets: readonly TargetView[];
  hulls: readonly Hull[];
}): VNode {
  const { view } = useDashboard();
  const marks = providerIdentities(targets);
  const attention = view.value?.pool.attention ?? [];
  return (
    <div class="vessels">
      {providersOf(targets).map((provider) => {
        const own = targets.flatMap((target, index) =>
          target.provider === provider ? [{ target, hull: hulls[index]! }] : [],
        );
        const weight = own.reduce((total, { hull }) => total + hull.weight, 0);
        const identity = marks.get(provider);
        return (
          <section
            key={provider}
            class="group"
            style={{ flexGrow: String(weight) }}
            aria-label={provider}
          >
            <ul class="towers">
              {own.map(({ target, hull }) => (
                <Tower
                  key={target.id}
                  target={target}
                  hull={hull}
                  identity={identity}
                  attention={attention.find((one) => one.target === target.id)}
                />
              ))}
            </ul>
            <GroupPlate
              provider={provider}
              targets={own.map(({ target }) => target)}
              identity={identity}
            />
          </section>
        );
      })}
    </div>
  );
}

function Tower(props: {
  target: TargetView;
  hull: Hull;
  identity: Identity | undefined;
  attention: Attention | undefined;
}): VNode {
  const { target, hull, identity, attention } = props;
  const { nowMs } = useDashboard();
  const condition = conditionWith(target, attention);
  const isOff = attention?.kind === 'off_line';
  const sentence = hullSentence(target, nowMs.value);
  const { level, edge, mark, isTight } = hull;
  const inShell = (height: number): string => `${((height / edge) * 100).toFixed(2)}%`;
  return (
    <li
      class="tower"
      style={{ flexGrow: String(hull.weight), '--c': identity?.color ?? 'var(--ink-3)' }}
      title={sentence}
    >
      <span class="vh">{sentence}</span>
      <div class="well" aria-hidden="true">
        <div
          class={`shell ${conditionOf(target)} ${isTight ? 'tight' : ''}`}
          style={{ height: heightOf(edge) }}
        >
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
        {mark !== null && <div class="mark" style={{ bottom: heightOf(mark) }} />}
        {condition !== 'healthy' && (
          <span
            class="flag"
            style={{ bottom: heightOf(Math.min(Math.max(edge, level) + 0.05, HULL_RANGE - 0.2)) }}
          >
            <StateGlyph condition={condition} rest={restRatio(target, nowMs.value)} />
          </span>
        )}
      </div>
    </li>
  );
}

function GroupPlate(props: {
  provider: string;
  targets: readonly TargetView[];
  identity: Identity | undefined;
}): VNode {
  const { provider, targets, identity } = props;
  const actual = sumOf(targets.map(({ actualShare }) => actualShare));
  const expected = sumOf(targets.map(({ expectedShare }) => expectedShare));
  return (
    <div class="plate">
      <div class="name">
        <Glyph identity={identity} />
        <span>{provider}</span>
        <span class="ink2 plain">
          {count(targets.length)}
          <span class="hide-s"> targets</span>
        </span>
      </div>
      <div class="share">
        <b>{percent(actual ?? expected)}</b>
        {expected !== null && (
          <span class="hide-s">{actual === null ? 'expected' : `of ${percent(expected)}`}</span>
        )}
      </div>
    </div>
  );
}

/** Null where all are unknown. */
function sumOf(shares: readonly (number | null)[]): number | null {
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? null : known.reduce((total, share) => total + share, 0);
}
