import type { PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { Sentence } from '../parts/sentence.tsx';
import { headline, proof } from '../words.ts';
import { AttentionList } from './attention-list.tsx';
import { FirstRequest } from './first-request.tsx';
import './verdict.css';

/** A sentence first: whether callers are served, then what wants attention. */
export function VerdictSection({ pool }: { pool: PoolView }): VNode {
  const { attention, verdict } = pool;
  const isDown = verdict.usable === 0;
  return (
    <section class="wrap verdict" aria-label="Verdict">
      <div>
        {/* What proves it has figures that change each second; they are not read out. */}
        <h1 class={isDown ? 'bad' : ''} aria-live="polite">
          {headline(pool)}
        </h1>
        <p>
          {proof(pool).map((words, index) => (
            <span key={index}>
              <Sentence words={words} />{' '}
            </span>
          ))}
        </p>
      </div>
      {attention.length > 0 ? (
        <AttentionList attention={attention} targets={pool.targets} />
      ) : verdict.served === 'idle' ? (
        <FirstRequest pool={pool} />
      ) : null}
    </section>
  );
}
