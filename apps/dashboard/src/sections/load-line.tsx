import type { PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { HULL_RANGE, hullsOf } from '../hull.ts';
import { useDashboard } from '../state/context.ts';
import { HullSection } from './hull.tsx';
import { LoadLineKey } from './load-line-key.tsx';
import { Skyline } from './skyline.tsx';
import './load-line.css';

/** Past so many targets the hulls are drawn as a skyline. */
export const MANY_TARGETS = 16;

/**
 * Each target is a hull, and all stand in one sea: the width is the share by weight, the fill the actual share, the
 * Plimsoll mark the expected one, and the top edge what the quota allows. The areas of the fills add up to all requests.
 */
export function LoadLine({ pool: { targets } }: { pool: PoolView }): VNode {
  const { identities } = useDashboard();
  const isMany = targets.length > MANY_TARGETS;
  const hulls = hullsOf(targets);
  return (
    <section class={isMany ? 'sea many' : 'sea'} aria-labelledby="h-load-line">
      <div class="wrap">
        <div class="heading">
          <h2 id="h-load-line">Load line</h2>
          <LoadLineKey />
        </div>
        <div class="fleet">
          <div class="water" />
          {isMany ? (
            <Skyline targets={targets} hulls={hulls} />
          ) : (
            <ul class="vessels" style={{ '--hulls': String(targets.length) }}>
              {targets.map((target, index) => (
                <HullSection
                  key={target.id}
                  target={target}
                  hull={hulls[index]!}
                  identity={identities.value.get(target.id)}
                />
              ))}
            </ul>
          )}
          <div class="axis" aria-hidden="true">
            {[2, 1].map((multiple) => (
              <span key={multiple} style={{ top: `${(1 - multiple / HULL_RANGE) * 100}%` }}>
                {multiple} ×
              </span>
            ))}
          </div>
        </div>
      </div>
    </section>
  );
}
