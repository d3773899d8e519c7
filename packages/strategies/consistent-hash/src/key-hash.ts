/**
 * A 32-bit hash of a string, as a signed integer: the same on every machine and in every version of this package, since
 * keys must keep their targets across processes and restarts.
 *
 * Source: Austin Appleby's MurmurHash3_x86_32 (2011), over the string's UTF-16 code units, low byte first; a pair of
 * code units is a block.
 */
export function hashOf(text: string, seed: number): number {
  const { length } = text;
  let hash = seed | 0;
  let at = 0;
  for (; at + 1 < length; at += 2) {
    hash ^= scrambled(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  if (at < length) hash ^= scrambled(text.charCodeAt(at));
  return mixed(hash ^ (2 * length));
}

function scrambled(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

/** Spreads every bit over all 32: the finaliser of MurmurHash3. */
export function mixed(bits: number): number {
  let hash = bits ^ (bits >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
