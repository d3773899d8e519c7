import { build } from '../../tsup.base.ts';

export default build({ entry: ['src/cli.ts'], dts: false });
