const STEPS = 1024;

/** log2 of 1 to 2 in equal steps. */
const LOGS: Float64Array = Float64Array.from({ length: STEPS + 1 }, (_, step) =>
  Math.log2(1 + step / STEPS),
);

/**
 * -log2(hash / 2^32) of a 32-bit hash taken as unsigned, > 0, without a call of `Math.log`: the exponent by counting
 * zeros, the mantissa by linear interpolation, which is at most 1.8e-7 too high.
 */
export function negativeLog2(hash: number): number {
  // Zero has no logarithm; the lowest bit is as good as set.
  const odd = hash | 1;
  const zeros = Math.clz32(odd);
  const mantissa = odd << zeros;
  const step = (mantissa >>> 21) & (STEPS - 1);
  const log = LOGS[step]!;
  return zeros + 1 - log - (LOGS[step + 1]! - log) * ((mantissa & 0x1f_ffff) / 0x20_0000);
}
