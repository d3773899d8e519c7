import type { PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { CopyButton } from '../parts/copy-button.tsx';
import { curlOf } from '../drawer/curl.ts';
import './first-request.css';

/** What to type where nothing has come yet. */
export function FirstRequest({ pool }: { pool: PoolView }): VNode {
  const text = curlOf(
    { model: exampleModel(pool), message: 'Hello', key: '', region: '', isStream: false },
    location.origin,
  );
  return (
    <div class="first-request">
      <pre tabIndex={0} aria-label="A first request">
        {text}
      </pre>
      <CopyButton text={text} />
    </div>
  );
}

/** A name that works as `model`: a pattern does not, so one that its first target knows. */
function exampleModel({ accepts, targets, id }: PoolView): string {
  const name = accepts.find((one) => !one.includes('*'));
  return name ?? targets.find(({ model }) => model !== '*')?.model ?? id;
}
