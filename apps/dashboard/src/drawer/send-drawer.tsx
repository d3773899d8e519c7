import type { PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CopyButton } from '../parts/copy-button.tsx';
import { useEscape } from '../parts/use-escape.ts';
import { useDashboard } from '../state/context.ts';
import type { Explanation, Sent } from '../wire/admin.ts';
import { AnswerView } from './answer-view.tsx';
import { curlOf } from './curl.ts';
import { ExplanationView } from './explanation-view.tsx';
import { emptyAnswer, readAnswer, type Answer } from './openai-answer.ts';
import './send-drawer.css';

/** What came back: of a request, of one that was only explained, or a refusal. */
type Result =
  | {
      readonly kind: 'answer';
      readonly answer: Answer;
      readonly times: Times;
      readonly headers: Headers | undefined;
    }
  | { readonly kind: 'explained'; readonly explanation: Explanation }
  | { readonly kind: 'error'; readonly message: string };

/** As seen by this page. */
export interface Times {
  readonly firstMs: number | undefined;
  readonly endMs: number | undefined;
}

/** A small form that sends a request to a pool, or to one of its targets. */
export function SendDrawer({ pool, onClose }: { pool: PoolView; onClose: () => void }): VNode {
  const { admin } = useDashboard();
  const [sent, setSent] = useState<Sent>({
    model: '',
    message: 'Explain a Plimsoll line in two sentences.',
    key: '',
    region: '',
    isStream: true,
  });
  const [onlyExplain, setOnlyExplain] = useState(false);
  const [result, setResult] = useState<Result | undefined>();
  const running = useRef<AbortController | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const message = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    message.current?.focus();
    return () => running.current?.abort();
  }, []);
  useEscape(true, onClose);

  const names = modelNames(pool);
  const wanted: Sent = {
    ...sent,
    model: names.includes(sent.model) ? sent.model : (names[0] ?? pool.id),
  };
  const change = (news: Partial<Sent>): void => setSent({ ...sent, ...news });

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setBusy(true);
    setResult(undefined);
    try {
      if (onlyExplain) setResult({ kind: 'explained', explanation: await admin.explain(wanted) });
      else await send(wanted, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted)
        setResult({
          kind: 'error',
          message: error instanceof Error ? error.message : String(error),
        });
    } finally {
      if (running.current === abort) setBusy(false);
    }
  };

  const send = async (request: Sent, signal: AbortSignal): Promise<void> => {
    const from = performance.now();
    const response = await admin.send(request, signal);
    let answer = emptyAnswer;
    let firstMs: number | undefined;
    const show = (endMs: number | undefined): void =>
      setResult({ kind: 'answer', answer, times: { firstMs, endMs }, headers: response.headers });
    for await (const next of readAnswer(response)) {
      answer = next;
      if (answer.text !== '') firstMs ??= performance.now() - from;
      show(undefined);
    }
    show(performance.now() - from);
  };

  return (
    <div class="drawer" role="dialog" aria-labelledby="h-drawer">
      <header>
        <h2 id="h-drawer">Send a request</h2>
        <button class="btn icon quiet" type="button" aria-label="Close" onClick={onClose}>
          <svg
            width="14"
            height="14"
            viewBox="0 0 14 14"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            aria-hidden="true"
          >
            <path d="m3 3 8 8m0-8-8 8" />
          </svg>
        </button>
      </header>
      <form class="body" onSubmit={(event) => void submit(event)}>
        <div>
          <label for="d-to">To</label>
          <select
            id="d-to"
            value={wanted.model}
            onChange={(event) => change({ model: event.currentTarget.value })}
          >
            {names.map((name) => (
              <option key={name} value={name}>
                {name.includes('@') ? name : `${name} (the pool decides)`}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label for="d-message">Message</label>
          <textarea
            ref={message}
            id="d-message"
            value={sent.message}
            onInput={(event) => change({ message: event.currentTarget.value })}
          />
        </div>
        <div class="pair">
          <div>
            <label for="d-key">Hash key</label>
            <input
              id="d-key"
              type="text"
              placeholder="none"
              autocomplete="off"
              value={sent.key}
              onInput={(event) => change({ key: event.currentTarget.value })}
            />
          </div>
          <div>
            <label for="d-region">Region</label>
            <input
              id="d-region"
              type="text"
              placeholder="any"
              autocomplete="off"
              value={sent.region}
              onInput={(event) => change({ region: event.currentTarget.value })}
            />
          </div>
        </div>
        <div class="checks">
          <label class="check">
            <input
              type="checkbox"
              checked={sent.isStream}
              onChange={(event) => change({ isStream: event.currentTarget.checked })}
            />
            Stream
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={onlyExplain}
              onChange={(event) => setOnlyExplain(event.currentTarget.checked)}
            />
            Only explain, send nothing
          </label>
        </div>
        <div class="actions">
          <button class="btn primary" type="submit" disabled={isBusy || sent.message === ''}>
            {onlyExplain ? 'Explain' : 'Send'}
          </button>
          <CopyButton text={curlOf(wanted, location.origin)} label="Copy as curl" />
        </div>
        <div class="result" aria-live="polite" aria-busy={isBusy}>
          {isBusy && result === undefined && <p class="ink3">Waiting for the first token</p>}
          {result?.kind === 'error' && (
            <p class="fail" role="alert">
              {result.message}
            </p>
          )}
          {result?.kind === 'explained' && <ExplanationView explanation={result.explanation} />}
          {result?.kind === 'answer' && (
            <AnswerView answer={result.answer} times={result.times} headers={result.headers} />
          )}
        </div>
      </form>
    </div>
  );
}

/** What can be written as `model`: the pool's names, then each of its targets. A pattern is shown as what its targets know. */
function modelNames({ id, accepts, targets }: PoolView): string[] {
  const plain = accepts.filter((name) => !name.includes('*'));
  const known = targets.map(({ model }) => model).filter((model) => model !== '*');
  const base = plain.length > 0 ? plain : known.length > 0 ? [...new Set(known)] : [id];
  const first = base[0] ?? id;
  return [...base, ...targets.map((target) => `${first}@${target.id}`)];
}
