import { strategyContract } from '@plimsoll/testkit';

import { leastBusy } from '../src/index.ts';

strategyContract({ create: () => leastBusy() });

// Every pool larger than one target is drawn from.
strategyContract({
  name: 'least-busy, drawn choices',
  create: () => leastBusy({ exactUpTo: 1 }),
});

strategyContract({
  name: 'least-busy, idle: capacity',
  create: () => leastBusy({ idle: 'capacity' }),
});
