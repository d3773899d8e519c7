export {
  consistentHash,
  type ConsistentHashAlgorithm,
  type ConsistentHashOptions,
} from './consistent-hash.ts';
