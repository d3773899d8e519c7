// A strategy as a package of one's own would have it: among the last `window` targets of the configuration, turn by turn,
// the newest first; the older ones only when none of those is admissible. Named in custom-strategy.yaml.
import { optionError, type StrategyDefinition } from '@plimsoll/core';

export function newestFirst({ window = 1 }: { window?: number } = {}): StrategyDefinition {
  if (!(Number.isInteger(window) && window >= 1)) {
    throw optionError('newestFirst', 'window', 'an integer >= 1', window);
  }
  return {
    name: 'newest-first',
    honoursWeights: false,
    expectedShare: 'none',
    create() {
      let slots: readonly number[] = [];
      let turn = 0;
      return {
        update(snapshot) {
          slots = [...snapshot.slots].toReversed();
        },
        pick(view) {
          const recent = Math.min(window, slots.length);
          for (let step = 0; step < recent; step++) {
            const index = (turn + step) % recent;
            if (!view.admits(slots[index]!)) continue;
            if (!view.peek) turn = (index + 1) % recent;
            return slots[index]!;
          }
          return slots.find((slot) => view.admits(slot)) ?? -1;
        },
      };
    },
  };
}
