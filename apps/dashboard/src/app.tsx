import type { VNode } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import { SendDrawer } from './drawer/send-drawer.tsx';
import { Bar } from './sections/bar.tsx';
import { DecisionsSection } from './sections/decisions.tsx';
import { EventsSection } from './sections/events.tsx';
import { FiguresSection } from './sections/figures.tsx';
import { Foot } from './sections/foot.tsx';
import { LoadLine } from './sections/load-line.tsx';
import { TargetsSection } from './sections/targets.tsx';
import { TokenForm } from './sections/token-form.tsx';
import { VerdictSection } from './sections/verdict.tsx';
import { FirstTokenChart } from './charts/first-token-chart.tsx';
import { ShareChart } from './charts/share-chart.tsx';
import { useDashboard } from './state/context.ts';
import { useTab } from './state/use-tab.ts';
import './app.css';

export function App(): VNode {
  const { link } = useDashboard();
  useTab();
  return link.value.state === 'denied' ? <TokenForm /> : <Page />;
}

function Page(): VNode {
  const { view, link } = useDashboard();
  const [isSending, setSending] = useState(false);
  const closeDrawer = useCallback(() => {
    setSending(false);
    document.getElementById('send')?.focus();
  }, []);
  const pool = view.value?.pool;
  return (
    <>
      <a class="skip" href="#targets">
        Skip to targets
      </a>
      <Bar isSending={isSending} onSend={() => setSending(!isSending)} />
      <main class={link.value.state === 'lost' ? 'stale' : ''}>
        {pool === undefined ? (
          <Waiting />
        ) : (
          <>
            <VerdictSection pool={pool} />
            <FiguresSection pool={pool} />
            <LoadLine pool={pool} />
            <TargetsSection pool={pool} />
            <div class="wrap block charts">
              <ShareChart pool={pool} />
              <FirstTokenChart pool={pool} />
            </div>
            <div class="wrap block split">
              <DecisionsSection pool={pool} />
              <EventsSection />
            </div>
          </>
        )}
      </main>
      <Foot />
      {pool !== undefined && isSending && <SendDrawer pool={pool} onClose={closeDrawer} />}
    </>
  );
}

/** Before the first view. */
function Waiting(): VNode {
  const { link } = useDashboard();
  const isLost = link.value.state === 'lost';
  return (
    <section class="wrap verdict" aria-busy="true">
      <div>
        <h1 class="ink3">{isLost ? 'The gateway does not answer' : 'Connecting'}</h1>
        {isLost && <p>Is it running? This page tries again every few seconds.</p>}
      </div>
    </section>
  );
}
