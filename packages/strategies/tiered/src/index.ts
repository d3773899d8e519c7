export { tiered, type TieredOptions } from './tiered.ts';
