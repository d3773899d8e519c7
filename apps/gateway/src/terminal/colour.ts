import { WriteStream } from 'node:tty';

import type { Environment } from '@plimsoll/config';

/** Bits of colour of a terminal that has none. */
const MONOCHROME = 1;

/**
 * Whether to colour what goes to `output`: to terminals, unless NO_COLOR or a dumb TERM speaks against it, and anywhere
 * with FORCE_COLOR.
 */
export function wantsColour(
  { isTTY }: { readonly isTTY?: boolean | undefined },
  env: Environment,
): boolean {
  const { FORCE_COLOR: forced } = env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  // Node reads the variables by which terminals and people state this; the stream itself is not looked at.
  return isTTY === true && WriteStream.prototype.getColorDepth({ ...env }) > MONOCHROME;
}
