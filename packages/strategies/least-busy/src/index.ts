export { leastBusy, type LeastBusyOptions } from './least-busy.ts';
