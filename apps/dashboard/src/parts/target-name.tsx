import type { TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import type { Identity } from '../identity.ts';
import { Glyph } from './glyph.tsx';
import './target-name.css';

/** Who it is: glyph and id, then model and region. */
export function TargetName({
  target,
  identity,
}: {
  target: TargetView;
  identity: Identity | undefined;
}): VNode {
  const { id, model, region } = target;
  const more = region === null ? model : `${model}, ${region}`;
  return (
    <div class="target-name">
      <Glyph identity={identity} />
      <div>
        <b title={id}>{id}</b>
        <span class="sub" title={more}>
          {more}
        </span>
      </div>
    </div>
  );
}
