import { strategyContract, turns } from '@plimsoll/testkit';

import { rules } from '../src/index.ts';

const even = { when: isEven, use: turns(), name: 'even users' };

function isEven(request: { readonly inputTokens?: number | undefined }): boolean {
  return (request.inputTokens ?? 0) % 2 === 0;
}

strategyContract({ name: 'rules, none', create: () => rules({ rules: [], otherwise: turns() }) });

strategyContract({
  name: 'rules, one for every second request',
  create: () => rules({ rules: [even], otherwise: turns() }),
  traits: (pick) => ({ inputTokens: pick }),
});

strategyContract({
  name: 'rules, one with targets of its own',
  create: () => rules({ rules: [{ ...even, tags: ['odd'] }], otherwise: turns() }),
  target: (index) => ({ tags: index % 2 === 0 ? [] : ['odd'] }),
  traits: (pick) => ({ inputTokens: pick }),
});

strategyContract({
  name: 'rules within rules',
  create: () =>
    rules({
      rules: [{ ...even, use: rules({ rules: [{ ...even, tags: ['odd'] }], otherwise: turns() }) }],
      otherwise: rules({ rules: [], otherwise: turns() }),
    }),
  target: (index) => ({ tags: index % 2 === 0 ? [] : ['odd'] }),
  traits: (pick) => ({ inputTokens: pick }),
});
