import { cp } from 'node:fs/promises';

import { build } from '../../tsup.base.ts';

export default build({
  entry: ['src/cli.ts'],
  dts: false,
  // The page is a package of its own, built before; what is published brings it along.
  onSuccess: () => cp('../dashboard/dist', 'dist/dashboard', { recursive: true }),
});
