import type { VNode } from 'preact';
import type { Identity, Shape } from '../identity.ts';

const solid: Readonly<Record<Shape, string>> = {
  circle: 'M6 1a5 5 0 1 1 0 10a5 5 0 1 1 0-10z',
  square: 'M1.2 2.2a1 1 0 0 1 1-1h7.6a1 1 0 0 1 1 1v7.6a1 1 0 0 1-1 1H2.2a1 1 0 0 1-1-1z',
  triangle: 'M6 .8 11.6 11H.4z',
  diamond: 'M6 .2 11.8 6 6 11.8.2 6z',
  pentagon: 'M6 .6 11.6 4.7 9.5 11.200H2.500L.4 4.700z',
  hexagon: 'M3.2 1h5.600L11.6 6 8.8 11H3.200L.4 6z',
};

const ring: Readonly<Record<Shape, string>> = {
  circle: 'M6 1.8a4.2 4.2 0 1 1 0 8.4a4.2 4.2 0 1 1 0-8.4z',
  square: 'M2.2 2.2h7.6v7.6H2.200z',
  triangle: 'M6 2.4 10.2 10H1.800z',
  diamond: 'M6 1.6 10.4 6 6 10.4 1.6 6z',
  pentagon: 'M6 1.9 10.3 5.1 8.7 10.200H3.300L1.7 5.100z',
  hexagon: 'M3.8 2.100h4.400L10.4 6 8.2 9.900H3.800L1.6 6z',
};

/** What a target is told apart by: the shape is its provider's, solid or ring is its own. */
export function Glyph({
  identity,
  size = 12,
}: {
  identity: Identity | undefined;
  size?: number;
}): VNode | null {
  if (identity === undefined) return null;
  const { shape, isRing, color } = identity;
  return (
    <svg
      class="glyph"
      width={size}
      height={size}
      viewBox="0 0 12 12"
      aria-hidden="true"
      stroke-linejoin="round"
    >
      {isRing ? (
        <path d={ring[shape]} fill="none" stroke={color} stroke-width="2.2" />
      ) : (
        <path d={solid[shape]} fill={color} />
      )}
    </svg>
  );
}
