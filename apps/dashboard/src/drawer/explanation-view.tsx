import { Fragment, type VNode } from 'preact';
import { strategyName } from '../format.ts';
import { Glyph } from '../parts/glyph.tsx';
import { useDashboard } from '../state/context.ts';
import type { Explanation } from '../wire/admin.ts';

/** Where the request would go now, and who would be next. */
export function ExplanationView({ explanation }: { explanation: Explanation }): VNode {
  const { identities } = useDashboard();
  const { target, strategy, path, candidates, order } = explanation;
  const place = (id: string): number => {
    const index = order.indexOf(id);
    return index < 0 ? Infinity : index;
  };
  const sorted = candidates.toSorted((a, b) => place(a.target) - place(b.target));
  return (
    <>
      <p>
        {target === undefined ? (
          <b>No target could take it now.</b>
        ) : (
          <>
            It would go to <b>{target}</b>, by{' '}
            {strategyName(path.length > 1 ? path.join(' › ') : strategy)}. Nothing was sent.
          </>
        )}
      </p>
      <dl>
        {sorted.map((one) => (
          <Fragment key={one.target}>
            <dt class="who">
              <Glyph identity={identities.value.get(one.target)} size={10} />
              {one.target}
            </dt>
            <dd>{placeWords(place(one.target), one.reason)}</dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}

function placeWords(place: number, reason: string): string {
  if (place === 0) return 'first';
  if (place === Infinity)
    return reason === 'admissible' ? 'not tried' : `left out: ${reason.replaceAll('_', ' ')}`;
  return place === 1 ? 'next, if that fails' : `then, as number ${place + 1}`;
}
