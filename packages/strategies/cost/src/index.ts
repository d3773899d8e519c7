export { cost, type CostOptions } from './cost.ts';
