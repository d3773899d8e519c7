export { quotaHeadroom, type QuotaHeadroomOptions } from './quota-headroom.ts';
