/** Labels at a plot's side, moved as little as it takes to keep `distance` between them; in the order they came. */
export function spreadLabels(
  positions: readonly number[],
  distance: number,
  from: number,
  to: number,
): number[] {
  const order = [...positions.keys()].sort((a, b) => positions[a]! - positions[b]!);
  const placed: number[] = [...positions];
  let least = from;
  for (const index of order) {
    const place = Math.max(placed[index]!, least);
    placed[index] = place;
    least = place + distance;
  }
  let most = to;
  for (const index of order.toReversed()) {
    const place = Math.min(placed[index]!, most);
    placed[index] = place;
    most = place - distance;
  }
  return placed;
}
