export { type Coordinates } from './distance.ts';
export { geo, type GeoOptions } from './geo.ts';
export { places } from './places.ts';
