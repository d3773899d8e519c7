import { build } from '../../../tsup.base.ts';

// `node:sqlite` has no other name: without its scheme it would be looked for among the packages.
export default build({ removeNodeProtocol: false });
