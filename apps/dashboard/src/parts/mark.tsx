import type { VNode } from 'preact';

/** The Plimsoll mark: a ring on a line. */
export function Mark({ size }: { size: number }): VNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2.4"
      aria-hidden="true"
    >
      <circle cx="12" cy="12" r="7" />
      <path d="M1 12h22" />
    </svg>
  );
}
