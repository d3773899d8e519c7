import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = `
  import { balancer } from '@plimsoll/balancer';
  const strategy = {
    name: 'first', honoursWeights: false, expectedShare: 'none',
    create: () => ({ update() {}, pick: (view) => (view.admits(0) ? 0 : -1) }),
  };
  const pool = balancer({ strategy, targets: [{ id: 'a' }], retry: { backoffMs: 50 } });
  let calls = 0;
  const answer = await pool.run({}, async () => {
    if (++calls === 1) throw Object.assign(new Error('status 500'), { status: 500 });
    return 'answered';
  });
  console.log(answer);
`;

it('keeps a program alive that waits for a back-off, and lets it end after that', async () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const args = ['--conditions=@plimsoll/source', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  expect(stdout).toBe('answered\n');
});
