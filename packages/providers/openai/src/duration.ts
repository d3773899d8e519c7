const unitMs: ReadonlyMap<string, number> = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]);

/**
 * Milliseconds of a duration as Go prints it: `12ms`, `6s`, `1m30s`, `10h17m5.7s`; `undefined` for anything else, signs
 * included. Microseconds and nanoseconds are not accepted: no wait is that short.
 */
export function parseDurationMs(text: string): number | undefined {
  let totalMs = 0;
  let at = 0;
  do {
    const unitAt = numberEnd(text, at);
    let end = unitAt;
    while (end < text.length && !isDigit(text.charCodeAt(end))) end++;
    const factor = unitMs.get(text.slice(unitAt, end));
    if (unitAt === at || factor === undefined) return undefined;
    totalMs += Number(text.slice(at, unitAt)) * factor;
    at = end;
  } while (at < text.length);
  return totalMs;
}

/** A number as `250` or `11.38`, and nothing besides: no sign, no exponent. */
export function parseNumber(text: string): number | undefined {
  return text !== '' && numberEnd(text, 0) === text.length ? Number(text) : undefined;
}

/** Where the number ends that begins at `from`; `from` if there is none. */
function numberEnd(text: string, from: number): number {
  const point = digitsEnd(text, from);
  if (point === from || text.charCodeAt(point) !== POINT) return point;
  const end = digitsEnd(text, point + 1);
  return end === point + 1 ? point : end;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

const POINT = 0x2e;

/** False for the NaN that stands behind the end of a text. */
function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
