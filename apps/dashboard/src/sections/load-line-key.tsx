import type { VNode } from 'preact';

export function LoadLineKey(): VNode {
  return (
    <div class="key">
      <span>
        <svg
          width="26"
          height="12"
          viewBox="0 0 26 12"
          fill="none"
          stroke="var(--load-line)"
          stroke-width="2"
          aria-hidden="true"
        >
          <circle cx="13" cy="6" r="4.8" />
          <path d="M0 6h26" />
        </svg>
        expected share
      </span>
      <span>
        <svg width="14" height="12" aria-hidden="true">
          <rect
            x=".5"
            y="4"
            width="13"
            height="8"
            fill="color-mix(in oklab, var(--ink-3) 30%, var(--hull))"
          />
          <path d="M0 4h14" stroke="var(--ink-2)" stroke-width="2.5" />
        </svg>
        actual share, last 30 s
      </span>
      <span class="hide-s">
        <svg
          width="14"
          height="12"
          fill="none"
          stroke="var(--hull-line)"
          stroke-width="1.5"
          aria-hidden="true"
        >
          <path d="M1 1h12v6a4 4 0 0 1-4 4H5a4 4 0 0 1-4-4z" />
        </svg>
        gap to the top edge: quota left
      </span>
      <span class="hide-s">
        <svg width="16" height="2" aria-hidden="true">
          <path d="M0 1h16" stroke="var(--ink-3)" stroke-dasharray="3 2" />
        </svg>
        share by weight, as is the width
      </span>
    </div>
  );
}
