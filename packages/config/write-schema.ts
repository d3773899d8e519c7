// node --conditions=@plimsoll/source write-schema.ts: writes schema.json from the schema of the sources.
import { writeFileSync } from 'node:fs';

import { configJsonSchema } from './src/json-schema.ts';

writeFileSync(
  new URL('schema.json', import.meta.url),
  `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`,
);
