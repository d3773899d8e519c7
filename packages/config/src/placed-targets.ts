import type { Path } from './problem.ts';
import type { FileConfig, FileTarget } from './schema.ts';

/** A target and the place it stands at. */
export interface PlacedTarget {
  readonly target: FileTarget;
  readonly path: Path;
}

/** Every target of the file: those under `targets` first, then those inside pools, in the order of the file. */
export function placedTargets(config: FileConfig): PlacedTarget[] {
  const placed: PlacedTarget[] = [];
  for (const [index, target] of (config.targets ?? []).entries()) {
    placed.push({ target, path: ['targets', index] });
  }
  for (const [name, pool] of Object.entries(config.pools)) {
    for (const [index, target] of pool.targets.entries()) {
      const path = ['pools', name, 'targets', index];
      if (typeof target !== 'string') placed.push({ target, path });
    }
  }
  return placed;
}
