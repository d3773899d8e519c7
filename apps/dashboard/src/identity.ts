import type { TargetView } from '@plimsoll/monitor';

/** How a provider's targets are drawn. */
export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'pentagon' | 'hexagon';

const shapes: readonly Shape[] = ['circle', 'square', 'triangle', 'diamond', 'pentagon', 'hexagon'];

/** How many hues there are that keep clear of each other, and of the colours of states. */
const HUES = 4;

/** What a target is told apart by, wherever it is drawn; its state never changes it. */
export interface Identity {
  readonly shape: Shape;
  /** 1 to 4. */
  readonly hue: number;
  /** The second of two that share a hue: another lightness, and a ring. */
  readonly isRing: boolean;
  /** A CSS colour, by a custom property of the tokens. */
  readonly color: string;
}

type Named = Pick<TargetView, 'id' | 'provider'>;

/**
 * Gives each target its identity: the provider decides shape and hue, its first and second target differ in lightness
 * and ring. Every further pair of a provider takes a hue that no provider needs, as long as there is one.
 */
export function identities(targets: readonly Named[]): ReadonlyMap<string, Identity> {
  const providers = providersOf(targets);
  let spare = providers.length;
  const hues = new Map<string, number[]>(providers.map((name, index) => [name, [index]]));
  const seen = new Map<string, number>();
  return new Map(
    targets.map(({ id, provider }) => {
      const index = seen.get(provider) ?? 0;
      seen.set(provider, index + 1);
      const own = hues.get(provider)!;
      const pair = Math.floor(index / 2);
      if (pair >= own.length) own.push(spare < HUES ? spare++ : own[0]!);
      const shape = shapes[providers.indexOf(provider) % shapes.length]!;
      return [id, identity(shape, own[pair]! % HUES, index % 2 === 1)];
    }),
  );
}

/** One identity for each provider, where there are too many targets to tell apart. */
export function providerIdentities(targets: readonly Named[]): ReadonlyMap<string, Identity> {
  return new Map(
    providersOf(targets).map((name, index) => [
      name,
      identity(shapes[index % shapes.length]!, index % HUES, false),
    ]),
  );
}

/** In the order of the configuration. */
export function providersOf(targets: readonly Named[]): string[] {
  return [...new Set(targets.map(({ provider }) => provider))];
}

function identity(shape: Shape, hue: number, isRing: boolean): Identity {
  return { shape, hue: hue + 1, isRing, color: `var(--id-${hue + 1}${isRing ? 'b' : 'a'})` };
}
