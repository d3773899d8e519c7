/**
 * The smallest whole numbers in proportion to `weights` (each > 0), or undefined where their sum would be above
 * `maxSum`: 0.5, 0.3 and 0.2 are 5, 3 and 2. A proportion is met when it is off by less than a billionth, which lets
 * thirds and other fractions of doubles through.
 */
export function wholeWeights(weights: Float64Array, maxSum: number): Int32Array | undefined {
  const least = weights.reduce((min, weight) => Math.min(min, weight), Infinity);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  // In the smallest whole numbers the least weight is some whole number too.
  for (let whole = 1; (sum / least) * whole <= maxSum; whole++) {
    const scale = whole / least;
    if (weights.every((weight) => isWhole(weight * scale))) {
      return Int32Array.from(weights, (weight) => Math.round(weight * scale));
    }
  }
  return undefined;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-9 * value;
}
