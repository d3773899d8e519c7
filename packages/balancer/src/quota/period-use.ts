/** A key from its parts, which may contain anything. */
export function periodKey(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
