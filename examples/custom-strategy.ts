// A strategy of one's own as a plain function: by day the target with the most in flight that still has room, so that a
// warm one stays warm; a package is needed only for the gateway (config/newest-first.ts).
import { balancer } from '@plimsoll/balancer';
import { custom } from '@plimsoll/strategy-custom';

const pool = balancer({
  strategy: custom(
    (candidates) =>
      candidates
        .filter(({ inFlight }) => inFlight < 3)
        .toSorted((a, b) => b.inFlight - a.inFlight)[0],
    { name: 'keep-warm' },
  ),
  targets: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
});

const running: Promise<string>[] = [];
const { promise: allStarted, resolve: start } = Promise.withResolvers<void>();
for (let request = 0; request < 7; request++) {
  running.push(
    pool.run({}, async ({ id }) => {
      await allStarted;
      return id;
    }),
  );
}
start();
console.log((await Promise.all(running)).join(' ')); // a a a b b b c
await pool.close();
