export { type IoRedisClient } from './ioredis.ts';
export { type NodeRedisClient } from './node-redis.ts';
export { redisStore, type RedisStoreOptions } from './redis-store.ts';
