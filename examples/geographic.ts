// Users go to the nearest region, to the next nearest when it fails, and never out of where their data must stay.
import { balancer } from '@plimsoll/balancer';
import { isPlimsollError } from '@plimsoll/core';
import { geo } from '@plimsoll/strategy-geo';
import { roundRobin } from '@plimsoll/strategy-round-robin';

const pool = balancer({
  strategy: geo({ within: roundRobin() }),
  targets: [
    { id: 'ohio', region: 'us-east-2' },
    { id: 'frankfurt', region: 'eu-central-1' },
    { id: 'dublin', region: 'eu-west-1' },
    { id: 'tokyo', region: 'ap-northeast-1' },
  ],
});
const isDown = new Set<string>();

async function ask(region: string, residency?: readonly string[]): Promise<string> {
  try {
    return await pool.run({ region, residency }, async ({ id }) => {
      if (isDown.has(id))
        throw Object.assign(new Error('connection reset'), { code: 'ECONNRESET' });
      return id;
    });
  } catch (error) {
    return isPlimsollError(error) ? error.code : String(error);
  }
}

console.log('from Paris:', await ask('eu-west-3')); // dublin and frankfurt are near; the nearer one serves
console.log('from Korea:', await ask('ap-northeast-2')); // tokyo
isDown.add('frankfurt').add('dublin');
console.log('from Paris, Europe down:', await ask('eu-west-3')); // ohio
console.log('the same, to stay in Europe:', await ask('eu-west-3', ['eu'])); // no answer rather than elsewhere
await pool.close();
