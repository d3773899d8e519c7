import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Coordinates, distanceKm } from '../src/distance.ts';

const berlin = { latitude: 52.52, longitude: 13.405 };
const tokyo = { latitude: 35.6762, longitude: 139.6503 };
const quito = { latitude: 0, longitude: -78.5 };

test('distances on the globe', () => {
  // A quarter and a half of the circumference of a sphere with a radius of 6,371.009 km.
  expect(distanceKm({ latitude: 90, longitude: 0 }, quito)).toBeCloseTo(10_007.5575, 3);
  expect(distanceKm(quito, { latitude: 0, longitude: 101.5 })).toBeCloseTo(20_015.1151, 3);
  // One degree of longitude on the equator, across the date line.
  expect(distanceKm({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBeCloseTo(
    111.195,
    3,
  );
  expect(Math.round(distanceKm(berlin, tokyo))).toBe(8918);
});

test('a distance is the same both ways, 0 to itself, and no detour is shorter', () => {
  const point: fc.Arbitrary<Coordinates> = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  });
  fc.assert(
    fc.property(point, point, point, (a, b, c) => {
      const direct = distanceKm(a, c);
      expect(direct).toBeCloseTo(distanceKm(c, a), 6);
      expect(distanceKm(a, a)).toBe(0);
      expect(direct).toBeLessThanOrEqual(distanceKm(a, b) + distanceKm(b, c) + 1e-3);
    }),
  );
});
