import type { VNode } from 'preact';
import type { Condition } from '../condition.ts';

const colors: Readonly<Record<Condition, string>> = {
  healthy: 'var(--ink-3)',
  off_line: 'var(--warn-mark)',
  open: 'var(--bad-mark)',
  cooling: 'var(--warn-mark)',
  recovering: 'var(--warn-mark)',
  little_quota: 'var(--warn-mark)',
  draining: 'var(--ink-2)',
};

/** Twice the radius of the disc is its stroke, and this is its circumference. */
const DISC = 16.96;

/** A state, readable without its colour. `rest` is what is left of a cool-down, 0 to 1. */
export function StateGlyph({
  condition,
  rest = 0.5,
  size = 13,
}: {
  condition: Condition;
  rest?: number;
  size?: number;
}): VNode {
  return (
    <svg
      class="state-glyph"
      width={size}
      height={size}
      viewBox="0 0 14 14"
      fill="none"
      stroke={colors[condition]}
      stroke-width="1.6"
      aria-hidden="true"
    >
      <Strokes condition={condition} rest={rest} />
    </svg>
  );
}

function Strokes({ condition, rest }: { condition: Condition; rest: number }): VNode {
  switch (condition) {
    case 'healthy':
      return <path d="m3.5 7.3 2.4 2.4 4.8-5.2" />;
    case 'recovering':
      return (
        <>
          <circle cx="7" cy="7" r="5.4" />
          <path d="M7 10V4.4M4.6 6.6 7 4.2l2.4 2.4" />
        </>
      );
    case 'cooling':
      return (
        <>
          <circle cx="7" cy="7" r="5.4" />
          <circle
            cx="7"
            cy="7"
            r="2.7"
            stroke-width="5.4"
            stroke-dasharray={`${(rest * DISC).toFixed(2)} 17`}
            transform="rotate(-90 7 7)"
          />
        </>
      );
    case 'open':
      return (
        <>
          <circle cx="7" cy="7" r="5.4" />
          <path d="m4.8 4.8 4.4 4.4m0-4.4L4.8 9.2" />
        </>
      );
    case 'draining':
      return <path d="M7 2v6.5M4.2 6 7 8.8 9.8 6M2.5 12h9" />;
    case 'little_quota':
      return <path d="M2 3h10M4 12V7h6v5M2 12h10" />;
    case 'off_line':
      return <path d="M1.5 9.5H6v-5h6.5" />;
  }
}
