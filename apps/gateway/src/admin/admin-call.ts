import type { Exchange } from '../exchange.ts';
import type { Admin } from './admin.ts';

/** One request to the admin API. */
export interface AdminCall {
  readonly exchange: Exchange;
  readonly admin: Admin;
  /** The parts of the path that the route leaves open, in its order. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** The JSON object that was sent; empty where none was. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What was sent, as it came. */
  readonly body: Buffer;
}
