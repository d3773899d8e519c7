/** A point on the globe, in degrees: north and east positive. */
export interface Coordinates {
  /** From -90 to 90. */
  readonly latitude: number;
  /** From -180 to 180. */
  readonly longitude: number;
}

/** Mean radius of the earth (IUGG). */
const EARTH_RADIUS_KM = 6371.009;

/** Kilometres along the great circle, by the haversine formula (R. W. Sinnott, Virtues of the Haversine, 1984). */
export function distanceKm(from: Coordinates, to: Coordinates): number {
  const north = haversine(to.latitude - from.latitude);
  const east = haversine(to.longitude - from.longitude);
  const chord = north + cosine(from.latitude) * cosine(to.latitude) * east;
  // Rounding can lift the chord of opposite points above 1.
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, chord)));
}

function haversine(degrees: number): number {
  return Math.sin((degrees * Math.PI) / 360) ** 2;
}

function cosine(degrees: number): number {
  return Math.cos((degrees * Math.PI) / 180);
}
