import type { VNode } from 'preact';

/** A choice of one of a few. */
export function Segmented<T extends string>(props: {
  label: string;
  options: readonly { readonly value: T; readonly text: string }[];
  chosen: T;
  isLow?: boolean;
  class?: string;
  onChoose: (value: T) => void;
}): VNode {
  const { label, options, chosen, isLow = false, onChoose } = props;
  return (
    <div class={`seg ${isLow ? 'low' : ''} ${props.class ?? ''}`} role="group" aria-label={label}>
      {options.map(({ value, text }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
