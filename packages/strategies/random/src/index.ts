export { random, type RandomOptions } from './random.ts';
