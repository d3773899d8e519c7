export { type Candidate } from './candidate.ts';
export { type Choose, custom, type CustomOptions } from './custom.ts';
export { type Fallback, type FallbackReason } from './fallback.ts';
