import type { PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useMedia } from '../parts/use-media.ts';
import { DenseTable } from './dense-table.tsx';
import { MANY_TARGETS } from './load-line.tsx';
import { TargetCards } from './target-cards.tsx';
import { TargetTable } from './target-table.tsx';

/** All targets with all figures: a table, cards where that is too narrow, a long table where there are many. */
export function TargetsSection({ pool }: { pool: PoolView }): VNode {
  const isNarrow = useMedia('(max-width: 1100px)');
  if (pool.targets.length > MANY_TARGETS) return <DenseTable pool={pool} />;
  return (
    <section class="wrap block" id="targets" tabIndex={-1} aria-labelledby="h-targets">
      <div class="heading">
        <h2 id="h-targets">Targets</h2>
      </div>
      {isNarrow ? <TargetCards pool={pool} /> : <TargetTable pool={pool} />}
    </section>
  );
}
