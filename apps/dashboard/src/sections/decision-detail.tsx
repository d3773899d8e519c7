import type { DecisionRow, Explained, PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { count, duration, percent, span, strategyName } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { useDashboard } from '../state/context.ts';
import { withNames } from '../words.ts';
import { AttemptsPlot } from './attempts-plot.tsx';
import { CandidateTable } from './candidate-table.tsx';
import './decision-detail.css';

/** One call explained: a sentence, its attempts, its candidates, and the figures behind it. */
export function DecisionDetail({
  row,
  pool,
  id,
}: {
  row: DecisionRow;
  pool: PoolView;
  id: string;
}): VNode {
  const { admin } = useDashboard();
  const [explained, setExplained] = useState<Explained | undefined>();
  const [error, setError] = useState<string | undefined>();
  useEffect(() => {
    let isGone = false;
    admin.call(row.callId).then(
      (answer) => !isGone && setExplained(answer),
      (caught: unknown) =>
        !isGone && setError(caught instanceof Error ? caught.message : String(caught)),
    );
    return () => {
      isGone = true;
    };
    // A call that was running is asked for again once it has ended.
  }, [row.callId, row.outcome]);
  return (
    <div class="detail" id={id}>
      {explained === undefined ? (
        <p
          class={error === undefined ? 'ink3' : 'fail'}
          role={error === undefined ? undefined : 'alert'}
        >
          {error ?? row.reason}
        </p>
      ) : (
        <Explanation explained={explained} pool={pool} />
      )}
    </div>
  );
}

function Explanation({ explained, pool }: { explained: Explained; pool: PoolView }): VNode {
  const { sentence, strategy, path, attemptsMade, candidates } = explained;
  return (
    <>
      <div class="sentence">
        <p>
          <Sentence words={withNames(sentence, new Set(candidates.map(({ target }) => target)))} />
        </p>
        <CopyButton text={JSON.stringify(explained, undefined, 2)} label="Copy as JSON" />
      </div>
      <div class="columns">
        <div>
          <h3>Attempts</h3>
          <AttemptsPlot attempts={attemptsMade} />
        </div>
        <div>
          <h3>
            Candidates of {strategyName(strategy)}
            {path.length > 1 && <span class="plain"> ({path.map(strategyName).join(' › ')})</span>}
          </h3>
          <CandidateTable
            candidates={candidates}
            chosen={explained.target}
            targets={pool.targets}
          />
        </div>
      </div>
      <Facts explained={explained} />
    </>
  );
}

function Facts({ explained }: { explained: Explained }): VNode {
  const {
    estimateTokens,
    tokensIn,
    tokensOut,
    deadlineMs,
    retryBudgetUsedRatio,
    overheadMs,
    requestId,
  } = explained;
  const facts: [string, string][] = [];
  if (estimateTokens !== null) facts.push(['Estimate', `${count(estimateTokens)} tokens`]);
  if (tokensIn !== null || tokensOut !== null) {
    facts.push(['Real', `${count(tokensIn ?? 0)} in, ${count(tokensOut ?? 0)} out`]);
  }
  if (deadlineMs !== null) facts.push(['Deadline', span(deadlineMs)]);
  if (retryBudgetUsedRatio !== null)
    facts.push(['Retry budget', `${percent(retryBudgetUsedRatio, 0)} used`]);
  if (overheadMs !== null) facts.push(['Gateway overhead', duration(overheadMs)]);
  return (
    <div class="facts">
      {facts.map(([name, value]) => (
        <span key={name}>
          {name} <b>{value}</b>
        </span>
      ))}
      {requestId !== null && <span class="mono">{requestId}</span>}
    </div>
  );
}
