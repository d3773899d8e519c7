import type { MonitorEvent } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useTimeline } from '../charts/use-timeline.ts';
import { clockSeconds } from '../format.ts';
import { useDashboard } from '../state/context.ts';
import { sentenceCase } from '../words.ts';
import './events.css';

const SHOWN = 12;

/** What happened, newest first; a number is that of a flag on the charts. */
export function EventsSection(): VNode {
  const { events } = useDashboard();
  const flags = useTimeline()?.flags ?? [];
  return (
    <section aria-labelledby="h-events">
      <div class="heading">
        <h2 id="h-events">Events</h2>
        {flags.length > 0 && <span class="hint">Numbers are those on the charts</span>}
      </div>
      {events.value.length === 0 ? (
        <div class="nothing">
          Failures, drains and changes of the configuration are listed here.
        </div>
      ) : (
        <ol class="events">
          {events.value.slice(0, SHOWN).map((event) => (
            <Event
              key={event.id}
              event={event}
              number={flags.find((flag) => flag.events.some(({ id }) => id === event.id))?.number}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

function Event({ event, number }: { event: MonitorEvent; number: number | undefined }): VNode {
  const { epochMs, target, text } = event;
  return (
    <li>
      {number === undefined ? <span /> : <span class="flag-number">{number}</span>}
      <span class="ink2">{clockSeconds(epochMs)}</span>
      <span>
        {target === null ? (
          sentenceCase(text)
        ) : (
          <>
            <b>{target}</b> {text}
          </>
        )}
      </span>
    </li>
  );
}
