const STEPS = 1024;

/** log2 of 1 to 2 in equal steps. */
const LOGS: Float64Array = Float64Array.from({ length: STEPS + 1 }, (_, step) =>
  Math.log2(1 + step / STEPS),
);

/**
 * Puts what one of several draws from a hash into `draws[index]`: -log2(hash / 2^32) over its weight, the hash taken as
 * unsigned, > 0. Without a call of `Math.log`: the exponent by counting zeros, the mantissa by linear interpolation,
 * which is at most 1.8e-7 too high.
 *
 * Doubles stay in arrays: one that is handed to a function or back from it is an object, unless V8 happens to inline it.
 *
 * @param inverses - 1 / weight of each.
 */
export function drawInto(
  draws: Float64Array,
  inverses: Float64Array,
  index: number,
  hash: number,
): void {
  // Zero has no logarithm; the lowest bit is as good as set.
  const odd = hash | 1;
  const zeros = Math.clz32(odd);
  const mantissa = odd << zeros;
  const step = (mantissa >>> 21) & (STEPS - 1);
  const log = LOGS[step]!;
  const rest = (LOGS[step + 1]! - log) * ((mantissa & 0x1f_ffff) / 0x20_0000);
  draws[index] = (zeros + 1 - log - rest) * inverses[index]!;
}
