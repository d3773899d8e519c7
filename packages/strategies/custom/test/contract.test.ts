import { strategyContract } from '@plimsoll/testkit';

import { type Candidate, custom } from '../src/index.ts';

const allocation = {
  clause: 'allocation',
  reason: 'Every pick makes an object per candidate, which the function may keep.',
};

/** Spreads by key, as a function without state can. */
function byKey(
  candidates: readonly Candidate[],
  { hashKey = '' }: { hashKey?: string | undefined },
) {
  const digits = Number(hashKey.replaceAll(/\D/g, ''));
  return candidates[digits % candidates.length];
}

strategyContract({ create: () => custom(byKey), exempt: [allocation] });

strategyContract({
  name: 'custom, a function that always throws',
  create: () =>
    custom(
      () => {
        throw new Error('always');
      },
      { onFallback: () => undefined },
    ),
  exempt: [allocation],
});
