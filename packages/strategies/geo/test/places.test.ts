import { expect, test } from 'vitest';

import { distanceKm } from '../src/distance.ts';
import { places } from '../src/places.ts';

test('every coordinate is on the globe, and no name stands twice', () => {
  for (const { latitude, longitude } of places.values()) {
    expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
    expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
  }
  const objects = new Set(places.values());
  const positions = new Set([...objects].map((place) => `${place.latitude} ${place.longitude}`));
  expect(positions.size).toBe(objects.size);
});

test('regions of one city are one place, whatever their cloud calls it', () => {
  const virginia = places.get('us-east-1');
  expect(virginia).toBeDefined();
  for (const name of ['us-east', 'us-east4', 'eastus']) expect(places.get(name)).toBe(virginia);
});

// A swapped sign or a swapped pair of columns puts a city on another continent.
test.each([
  ['eu-central-1', 'europe-west4', 390],
  ['us-east-1', 'us-west-2', 3600],
  ['sa-east-1', 'us-east-1', 7650],
  ['ap-southeast-2', 'newzealandnorth', 2160],
  ['af-south-1', 'southafricanorth', 1270],
  ['ap-northeast-1', 'koreacentral', 1150],
  ['ap-south-1', 'me-central-1', 1930],
])('%s to %s is about %d km', (from, to, km) => {
  const distance = distanceKm(places.get(from)!, places.get(to)!);
  expect(Math.abs(distance - km)).toBeLessThan(0.03 * km);
});
