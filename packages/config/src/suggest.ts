import { closest, distance } from 'fastest-levenshtein';

/** ` (did you mean "round-robin"?)` where one of `names` is close to `name`; otherwise nothing. */
export function suggestion(name: string, names: readonly string[]): string {
  const meant = closeTo(name, names);
  return meant === undefined ? '' : ` (did you mean "${meant}"?)`;
}

/** The one of `names` that `name` is most likely a misspelling of. */
export function closeTo(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const nearest = closest(name, names);
  // Two letters changed places count as two changes. Past these bounds two names have little in common.
  const most = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
  return distance(name, nearest) <= most ? nearest : undefined;
}

/** The names, quoted where they would be unclear, as a list: `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
