import type { VNode } from 'preact';
import { duration, tokens, usd } from '../format.ts';
import { Glyph } from '../parts/glyph.tsx';
import { useDashboard } from '../state/context.ts';
import type { Answer } from './openai-answer.ts';
import type { Times } from './send-drawer.tsx';

/** The answer, and what the gateway says of it in its headers. */
export function AnswerView(props: {
  answer: Answer;
  times: Times;
  headers: Headers | undefined;
}): VNode {
  const { answer, times, headers } = props;
  const { identities } = useDashboard();
  const header = (name: string): string | undefined =>
    headers?.get(`x-plimsoll-${name}`) ?? undefined;
  const target = header('target');
  const attempts = header('attempts');
  const region = header('region');
  const cost = header('cost-usd');
  const overhead = header('overhead-ms');
  const requestId = header('request-id');
  return (
    <>
      <p class="text">{answer.text}</p>
      <dl>
        {target !== undefined && (
          <>
            <dt>Went to</dt>
            <dd class="who">
              <Glyph identity={identities.value.get(target)} size={10} />
              {target}
            </dd>
          </>
        )}
        {region !== undefined && <Fact name="Region" value={region} />}
        {attempts !== undefined && <Fact name="Attempts" value={attempts} />}
        {times.firstMs !== undefined && (
          <Fact
            name={times.endMs === undefined ? 'First token' : 'First token, total'}
            value={
              duration(times.firstMs) +
              (times.endMs === undefined ? '' : `, ${duration(times.endMs)}`)
            }
          />
        )}
        {answer.tokensIn !== null && (
          <Fact
            name="Tokens"
            value={`${tokens(answer.tokensIn)} in, ${tokens(answer.tokensOut)} out`}
          />
        )}
        {cost !== undefined && <Fact name="Cost" value={usd(Number(cost))} />}
        {overhead !== undefined && (
          <Fact name="Gateway overhead" value={duration(Number(overhead))} />
        )}
        {requestId !== undefined && (
          <>
            <dt>Request</dt>
            <dd class="mono">{requestId}</dd>
          </>
        )}
      </dl>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }): VNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
