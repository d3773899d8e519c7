import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Coordinates, distanceKm } from '../src/distance.ts';

const nashville = { latitude: 36.12, longitude: -86.67 };
const losAngeles = { latitude: 33.94, longitude: -118.4 };
const quito = { latitude: 0, longitude: -78.5 };

test('distances on the globe', () => {
  // A quarter and a half of the circumference of a sphere with a radius of 6,371.009 km.
  expect(distanceKm({ latitude: 90, longitude: 0 }, quito)).toBeCloseTo(10_007.5575, 3);
  expect(distanceKm(quito, { latitude: 0, longitude: 101.5 })).toBeCloseTo(20_015.1151, 3);
  // One degree of longitude on the equator, across the date line.
  expect(
    distanceKm({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }),
  ).toBeCloseTo(111.195, 3);
  // The example of Rosetta Code's task "Haversine formula": 2,887.26 km from Nashville to Los Angeles, with a radius of
  // 6,372.8 km.
  expect((distanceKm(nashville, losAngeles) * 6372.8) / 6371.009).toBeCloseTo(2887.25995, 5);
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
