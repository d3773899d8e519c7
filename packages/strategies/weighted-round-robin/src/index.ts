export { weightedRoundRobin } from './weighted-round-robin.ts';
